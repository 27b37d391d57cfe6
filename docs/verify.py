"""Check a ledger without ledgernote: python docs/verify.py FILE. Prints what is wrong."""

import hashlib
import hmac
import json
import sqlite3
import sys

HASHED = (
    "id, replica, rseq, hlc, offset, step, kind, version, entity, actor, meta, commitment, prev"
)


def field(value: bytes | str | int | None) -> bytes:
    if value is None:
        return b"\xff" * 8
    raw = value if isinstance(value, bytes) else str(value).encode()
    return len(raw).to_bytes(8, "big") + raw


def check(path: str) -> list[str]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    purges = db.execute("SELECT meta FROM event WHERE kind = 'purge'")
    purged = {slot for (meta,) in purges for slot in json.loads(meta)["slots"]}
    parts = "SELECT salt, body FROM payload WHERE event = ? AND slot = ? ORDER BY part"
    ends: dict[bytes, tuple[int, bytes]] = {}  # replica: the last rseq and hash of its chain
    faults = []
    for event in db.execute("SELECT * FROM event ORDER BY replica, rseq"):
        name, rseq = event["id"].hex(), event["rseq"]
        if (rseq - 1, event["prev"]) != ends.get(event["replica"], (0, bytes(32))):
            faults.append(f"{name}: the event before it is missing or changed")
        hashed = b"ledgernote-event-1" + b"".join(field(event[one]) for one in HASHED.split(", "))
        if hashlib.sha256(hashed).digest() != event["hash"]:
            faults.append(f"{name}: the event was changed")
        for at in range(0, len(event["commitment"]), 34):
            slot = int.from_bytes(event["commitment"][at : at + 2], "big")
            rows = db.execute(parts, (event["id"], slot)).fetchall()
            words = hashlib.sha256(b"".join(row["body"] for row in rows)).digest()
            salt = (rows[0]["salt"] if rows else None) or b""
            promise = hmac.digest(salt, words, "sha256")
            if promise != event["commitment"][at + 2 : at + 34] and f"{name}/{slot}" not in purged:
                faults.append(f"{name}: the words of slot {slot} were changed or are missing")
        ends[event["replica"]] = (rseq, event["hash"])
    return faults


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found) or "every hash is as it was written")
    sys.exit(1 if found else 0)
