"""The format of the file, as a list of steps that only grows.

Step n takes a ledger from `user_version` n-1 to n; the number and the change commit
together. A step that was released has run on real ledgers: never edit one, append.

Truth stands in `event` and `payload`; `draft`, `draft_part`, `replica`, `local`, `fork`,
`source` and `source_file` belong to this file alone; every other table is a projection that
`integrity.rebuild` makes again from the events.
"""

from __future__ import annotations

APPLICATION_ID = 0x4C4E4F54
"""`LNOT`: tells our files from any other SQLite database."""

INSERT_INBOX = """
    INSERT INTO project (id, name, shown, hlc, replica, rseq, archived, void)
    VALUES (CAST('ledgernote-inbox' AS BLOB), 'inbox', 'inbox', 0, x'', 0, 0, 0)"""
"""The project that is there before any event."""

LINKS = """
    WITH RECURSIVE found (entry, rest, number) AS (
        SELECT entry.id, substr(body, instr(body, x'5B5B') + 2), 1
          FROM entry JOIN payload ON payload.event = entry.head AND slot = 0
         WHERE entry.kind = 'note' AND instr(body, x'5B5B') > 0{}
         UNION ALL
        SELECT entry, substr(rest, instr(rest, x'5B5B') + 2), number + 1
          FROM found WHERE instr(rest, x'5B5B') > 0 AND number < 1000),
    named (entry, name) AS (
        SELECT entry, substr(rest, 1, instr(rest, x'5D5D') - 1)
          FROM found WHERE instr(rest, x'5D5D') BETWEEN 2 AND 300),
    bare (entry, name) AS (
        SELECT entry, CASE instr(name, x'7C') WHEN 0 THEN name
                           ELSE substr(name, 1, instr(name, x'7C') - 1) END FROM named
         WHERE instr(name, x'5B') = 0 AND instr(name, x'5D') = 0 AND instr(name, x'0A') = 0)
    INSERT OR IGNORE INTO link (entry, name)
    SELECT entry, trim(CAST(name AS TEXT)) FROM bare
     WHERE length(name) > 0 AND substr(name, 1, 1) NOT IN (x'20', x'09')"""
"""Keeps the names in `[[name]]` and `[[name|other words]]` of notes; the place is for a condition.

A thousand at most of each part of 16 KB; `[[ -f x ]]` of a shell is none. A step
of the format is made of it: like those it is never edited.
"""

HAS_GRAMS = """length(text) != length(CAST(text AS BLOB))
            OR length(title) != length(CAST(title AS BLOB))"""
GRAMS = """rowid, grams(CAST(title AS BLOB)) AS title_grams, grams(CAST(text AS BLOB)) AS text_grams
      FROM passage_text"""
"""`grams` is a function of our connections: see grams.py."""
INDEX_GRAMS = f"""
    INSERT INTO passage_gram (rowid, title, text)
    SELECT rowid, title_grams, text_grams FROM (
        SELECT {GRAMS} WHERE ({HAS_GRAMS}){{}})
     WHERE title_grams IS NOT NULL OR text_grams IS NOT NULL"""
RULES = """SELECT rowid FROM passage_fts WHERE passage_fts MATCH
    'text : (^ always OR "from now on" OR "when i ask" OR "whenever i ask")'"""
"""The passages in which somebody may say how a thing is to be done each time."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # ---- the log ---------------------------------------------------------------
        """CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            replica BLOB NOT NULL, rseq INTEGER NOT NULL,
            hlc INTEGER NOT NULL, offset INTEGER NOT NULL,
            step BLOB NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
            entity BLOB NOT NULL, actor BLOB, meta TEXT NOT NULL,
            commitment BLOB NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,
            UNIQUE (replica, rseq)
        ) STRICT""",
        "CREATE INDEX event_entity ON event (entity)",
        "CREATE INDEX event_step ON event (step)",
        """CREATE TABLE payload (
            event BLOB NOT NULL, slot INTEGER NOT NULL, part INTEGER NOT NULL,
            salt BLOB, body BLOB NOT NULL,
            PRIMARY KEY (event, slot, part)
        ) STRICT""",
        """CREATE TRIGGER event_never_updated BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
        """CREATE TRIGGER event_never_deleted BEFORE DELETE ON event
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
        # INSERT OR REPLACE deletes without a DELETE trigger unless the connection that
        # does it turned recursive triggers on; a stranger's connection did not.
        """CREATE TRIGGER event_never_replaced BEFORE INSERT ON event
            WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)
              OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
              OR EXISTS (SELECT 1 FROM event WHERE replica = NEW.replica AND rseq = NEW.rseq)
            BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
        """CREATE TRIGGER payload_never_updated BEFORE UPDATE ON payload
            BEGIN SELECT RAISE(ABORT, 'words are never changed'); END""",
        """CREATE TRIGGER payload_deleted_by_purge BEFORE DELETE ON payload
            WHEN NOT EXISTS (
                SELECT 1 FROM event AS born
                  JOIN event AS purge ON purge.entity = born.entity AND purge.kind = 'purge'
                  JOIN json_each(purge.meta, '$.slots') AS named
                 WHERE born.id = OLD.event
                   AND named.value = lower(hex(OLD.event)) || '/' || OLD.slot)
            BEGIN SELECT RAISE(ABORT, 'words are erased by a purge only'); END""",
        """CREATE TRIGGER payload_never_replaced BEFORE INSERT ON payload
            WHEN EXISTS (SELECT 1 FROM payload
                          WHERE event = NEW.event AND slot = NEW.slot AND part = NEW.part)
            BEGIN SELECT RAISE(ABORT, 'words are never replaced'); END""",
        # ---- this file alone -------------------------------------------------------
        """CREATE TABLE replica (
            id BLOB PRIMARY KEY, machine TEXT NOT NULL, device INTEGER NOT NULL,
            inode INTEGER NOT NULL, current INTEGER NOT NULL
        )""",
        "CREATE TABLE local (name TEXT PRIMARY KEY, value)",
        "CREATE TABLE waiting (event BLOB PRIMARY KEY, hlc INTEGER NOT NULL)",
        """CREATE TABLE fork (
            hash BLOB PRIMARY KEY, replica BLOB NOT NULL, rseq INTEGER NOT NULL,
            record TEXT NOT NULL
        )""",
        """CREATE TABLE draft (
            id BLOB PRIMARY KEY, handle TEXT NOT NULL, actor TEXT NOT NULL,
            question BLOB, project BLOB NOT NULL, thread BLOB, model TEXT NOT NULL,
            meta TEXT NOT NULL, created INTEGER NOT NULL, offset INTEGER NOT NULL,
            owner TEXT NOT NULL, beat INTEGER NOT NULL
        )""",
        """CREATE TABLE draft_part (
            draft BLOB NOT NULL, part INTEGER NOT NULL, slot INTEGER NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY (draft, part)
        )""",
        # ---- projections -----------------------------------------------------------
        "CREATE TABLE actor (id BLOB PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE INDEX actor_name ON actor (name)",
        "CREATE TABLE tag (id BLOB PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE INDEX tag_name ON tag (name)",
        """CREATE TABLE project (
            id BLOB PRIMARY KEY, name TEXT NOT NULL, shown TEXT NOT NULL,
            hlc INTEGER NOT NULL, replica BLOB NOT NULL, rseq INTEGER NOT NULL,
            archived INTEGER NOT NULL, void INTEGER NOT NULL, brief BLOB
        )""",
        "CREATE INDEX project_shown ON project (shown)",
        "CREATE INDEX project_name ON project (name)",
        """CREATE TABLE thread (
            id BLOB PRIMARY KEY, project BLOB NOT NULL, name TEXT, shown TEXT,
            created INTEGER NOT NULL, offset INTEGER NOT NULL,
            hlc INTEGER NOT NULL, replica BLOB NOT NULL, rseq INTEGER NOT NULL,
            archived INTEGER NOT NULL, void INTEGER NOT NULL, source TEXT
        )""",
        "CREATE INDEX thread_shown ON thread (project, shown)",
        "CREATE INDEX thread_name ON thread (project, name)",
        "CREATE INDEX thread_order ON thread (project, created)",
        """CREATE TABLE handle (
            entity BLOB PRIMARY KEY, bare TEXT NOT NULL, shown TEXT NOT NULL,
            thing TEXT NOT NULL
        )""",
        "CREATE INDEX handle_bare ON handle (bare)",
        "CREATE INDEX handle_shown ON handle (shown)",
        """CREATE TABLE entry (
            id BLOB PRIMARY KEY, kind TEXT NOT NULL,
            project BLOB NOT NULL, thread BLOB,
            created INTEGER NOT NULL, offset INTEGER NOT NULL,
            hlc INTEGER NOT NULL, replica BLOB NOT NULL, rseq INTEGER NOT NULL,
            actor BLOB, model TEXT, status TEXT NOT NULL, imported INTEGER NOT NULL,
            muted INTEGER NOT NULL, removed INTEGER NOT NULL,
            reply_to BLOB, supersedes BLOB, origin BLOB,
            born BLOB NOT NULL, head BLOB NOT NULL, size INTEGER NOT NULL,
            versions INTEGER NOT NULL, edited INTEGER,
            title TEXT, source TEXT, ref TEXT
        )""",
        "CREATE INDEX entry_order ON entry (created, hlc, replica, rseq)",
        "CREATE INDEX entry_project ON entry (project, created, hlc, replica, rseq)",
        """CREATE INDEX entry_thread ON entry (thread, created, hlc, replica, rseq)
            WHERE thread IS NOT NULL""",
        "CREATE INDEX entry_actor ON entry (actor, hlc)",
        """CREATE INDEX entry_used ON entry (project, hlc)
            WHERE imported = 0 AND thread IS NOT NULL AND kind IN ('question', 'note')""",
        "CREATE INDEX entry_reply ON entry (reply_to) WHERE reply_to IS NOT NULL",
        "CREATE INDEX entry_supersedes ON entry (supersedes) WHERE supersedes IS NOT NULL",
        "CREATE INDEX entry_origin ON entry (origin) WHERE origin IS NOT NULL",
        "CREATE INDEX entry_source ON entry (source, ref) WHERE ref IS NOT NULL",
        "CREATE TABLE entry_tag (entry BLOB, tag BLOB, PRIMARY KEY (entry, tag)) WITHOUT ROWID",
        "CREATE INDEX entry_tag_tag ON entry_tag (tag)",
        """CREATE TABLE pin (
            entry BLOB PRIMARY KEY, scope TEXT NOT NULL, place BLOB, until INTEGER
        )""",
        "CREATE INDEX pin_place ON pin (scope, place)",
        "CREATE TABLE private_mark (entity BLOB PRIMARY KEY)",
        """CREATE TABLE receipt (
            answer BLOB, place INTEGER, entry BLOB NOT NULL, revision BLOB,
            start INTEGER, stop INTEGER, reason TEXT, score REAL, tokens INTEGER,
            PRIMARY KEY (answer, place)
        ) WITHOUT ROWID""",
        "CREATE INDEX receipt_entry ON receipt (entry)",
        """CREATE TABLE citation (
            answer BLOB, place INTEGER, start INTEGER NOT NULL, stop INTEGER NOT NULL,
            entry BLOB, verdict TEXT NOT NULL,
            PRIMARY KEY (answer, place)
        ) WITHOUT ROWID""",
        "CREATE INDEX citation_entry ON citation (entry)",
        """CREATE VIEW made_from (entry, source) AS
            SELECT answer, entry FROM receipt
            UNION ALL SELECT answer, entry FROM citation WHERE entry IS NOT NULL
            UNION ALL SELECT id, reply_to FROM entry WHERE reply_to IS NOT NULL
            UNION ALL SELECT id, supersedes FROM entry WHERE supersedes IS NOT NULL
            UNION ALL SELECT id, origin FROM entry WHERE origin IS NOT NULL""",
        """CREATE TABLE verdict (
            event BLOB PRIMARY KEY, undone INTEGER NOT NULL,
            hlc INTEGER NOT NULL, replica BLOB NOT NULL, rseq INTEGER NOT NULL
        )""",
        # ---- the index: one row a passage, its words read through the view ------------
        """CREATE TABLE passage (
            rowid INTEGER PRIMARY KEY, entry BLOB NOT NULL, part INTEGER NOT NULL,
            start INTEGER NOT NULL
        )""",
        "CREATE UNIQUE INDEX passage_entry ON passage (entry, part)",
        """CREATE TABLE passage_range (
            block INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, newest INTEGER NOT NULL
        )""",
        """CREATE VIEW passage_text (rowid, entry, title, text) AS
            SELECT passage.rowid, passage.entry,
                   CASE passage.part WHEN 0 THEN entry.title END,
                   CAST(payload.body AS TEXT)
              FROM passage
              JOIN entry ON entry.id = passage.entry
              JOIN payload ON payload.event = entry.head AND payload.slot = 0
                          AND payload.part = passage.part""",
        """CREATE VIRTUAL TABLE passage_fts USING fts5 (
            title, text, content = 'passage_text', content_rowid = 'rowid',
            tokenize = 'porter unicode61 remove_diacritics 2'
        )""",
        INSERT_INBOX,
    ),
    (
        # The last entry that a fork has in common with the thread it left.
        "ALTER TABLE thread ADD COLUMN origin BLOB",
    ),
    (
        # ---- this file alone: the folders that it looks at -------------------------------
        """CREATE TABLE source (
            name TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, format TEXT NOT NULL,
            project BLOB NOT NULL, actor TEXT NOT NULL, digest TEXT
        )""",
        """CREATE TABLE source_file (
            source TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
            entry BLOB, digest BLOB, PRIMARY KEY (source, path)
        ) WITHOUT ROWID""",
    ),
    (
        # ---- projections: what notes link to, and searches that have a name --------------
        """CREATE TABLE link (
            entry BLOB NOT NULL, name TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (entry, name)
        ) WITHOUT ROWID""",
        "CREATE INDEX link_name ON link (name)",
        "CREATE INDEX entry_title ON entry (title COLLATE NOCASE) WHERE title IS NOT NULL",
        LINKS.format(""),
        """CREATE TABLE saved_search (
            id BLOB PRIMARY KEY, name TEXT NOT NULL, query TEXT NOT NULL, project BLOB,
            hlc INTEGER NOT NULL, replica BLOB NOT NULL, rseq INTEGER NOT NULL
        )""",
    ),
    (
        # ---- meaning: made again from the words, as far as somebody has ----------------
        """CREATE TABLE embedder (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, upto INTEGER NOT NULL
        )""",
        """CREATE TABLE vector (
            embedder INTEGER, passage INTEGER, body BLOB, PRIMARY KEY (embedder, passage)
        ) WITHOUT ROWID""",
        "CREATE INDEX vector_gone ON vector (embedder, passage) WHERE body IS NULL",
        """CREATE TABLE vector_signs (
            embedder INTEGER, block INTEGER, body BLOB NOT NULL, PRIMARY KEY (embedder, block)
        )""",
    ),
    (
        # ---- the index of what has no words: two letters beside each other are one --------
        "CREATE VIRTUAL TABLE passage_gram USING fts5 (title, text, content = '')",
        INDEX_GRAMS.format(""),
    ),
    (
        # ---- where a passage may be replayed (muted: nowhere), and which give rules -------
        "ALTER TABLE passage ADD COLUMN project BLOB",
        "ALTER TABLE passage ADD COLUMN rule INTEGER NOT NULL DEFAULT 0",
        """UPDATE passage SET project =
            (SELECT entry.project FROM entry WHERE entry.id = passage.entry AND muted = 0)""",
        f"UPDATE passage SET rule = 1 WHERE rowid IN ({RULES})",
        "CREATE INDEX passage_rule ON passage (project) WHERE rule = 1",
    ),
)

PROJECTIONS = (
    *("actor", "tag", "project", "thread", "handle", "entry", "entry_tag", "pin"),
    *("private_mark", "receipt", "citation", "verdict", "waiting", "passage", "passage_range"),
    *("link", "saved_search"),
    *("embedder", "vector", "vector_signs"),
)
"""The tables that a rebuild empties and fills again (besides the indexes themselves)."""
INDEXES = ("passage_fts", "passage_gram")
