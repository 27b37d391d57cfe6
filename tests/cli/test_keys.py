"""`keys`: kept outside the ledger, shown by four characters, never taken from arguments."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import canary
import pexpect
import pytest
from scripted import Cut, Fault, Refuse, ScriptedServer
from shell import Run

KEY = canary.ANTHROPIC


def test_a_piped_key_is_kept_for_whom_it_begins_like(run: Run) -> None:
    kept = run("keys", "set", stdin=f"{KEY}\n")

    listed = run("keys", "list", "--json").records

    assert (kept.code, kept.out) == (0, "")
    assert "the key …cdef of anthropic is kept in" in kept.err
    assert [(one["provider"], one["last"], one["used"]) for one in listed] == [
        ("anthropic", "cdef", True)
    ]


def test_a_kept_key_chooses_its_provider_and_goes_with_the_question(run: Run) -> None:
    run("keys", "set", "openai", stdin="a-key-without-a-known-beginning")

    with ScriptedServer() as server:
        run("config", "set", "models.openai/gpt-5.4.api_base", server.base)
        asked = run("ask", "what now?", "--json")

    assert asked.records[0]["model"] == "openai/gpt-5.4"
    assert server.headers[0]["authorization"] == "Bearer a-key-without-a-known-beginning"


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ("true", ""),
        (f"echo {KEY}", 'model = "openai/gpt-5.4"'),
        ("echo unheard-of-0123456789", 'model = "groq/x"'),
        ("echo of-{provider}-0123456789", ""),
    ],
)
def test_no_key_of_a_provider_goes_to_a_server_of_ones_own(
    run: Run, tmp_path: Path, told: str, model: str
) -> None:
    config = tmp_path / "config.toml"
    keys = {"OPENAI_API_KEY": canary.OPENAI, "GROQ_API_KEY": "gsk_0123456789abcdef"}
    env = {**keys, "LEDGERNOTE_CONFIG": str(config)}

    with ScriptedServer() as server:
        house = f'[models."house/llama"]\napi_base = "{server.base}"\n{model}\n'
        config.write_text(f'key_command = "{told}"\n{house}', encoding="utf-8")
        bare = run("ask", "what now?", "-m", "house/llama", env=env)
        run("keys", "set", "house/llama", stdin="the-key-of-the-house-0123", env=env)
        own = run("ask", "what now?", "-m", "house/llama", env=env)

    assert (bare.code, own.code) == (0, 0), bare.err + own.err
    assert [each.get("authorization", "Bearer none") for each in server.headers] == [
        "Bearer none",
        "Bearer the-key-of-the-house-0123",
    ]


def test_a_key_that_looks_like_anothers_is_kept_as_told_and_the_other_is_offered(run: Run) -> None:
    kept = run("keys", "set", "openai", stdin="sk-or-v1-0123456789abcdef")

    assert run("keys", "list").out.startswith("openai\t")
    assert "it looks like a key of openrouter: ledgernote keys set openrouter keeps it" in kept.err
    assert "ledgernote keys rm openai forgets it here" in kept.err


def test_a_key_that_looks_like_anothers_takes_the_place_of_none(run: Run) -> None:
    run("keys", "set", "openai", stdin="sk-proj-0123456789abcdef")

    other = run("keys", "set", "openai", stdin="sk-or-v1-0123456789aaaa")
    proxy = run("keys", "set", "openai", stdin="sk-0123456789bbbb")

    assert other.code == 2
    assert "openai has a key, and this one looks like openrouter's: nothing was kept" in other.err
    assert (proxy.code, "it replaces …cdef" in proxy.err) == (0, True)


def test_a_command_for_any_provider_gives_no_key_that_is_surely_anothers(run: Run) -> None:
    run("config", "set", "key_command", "printf sk-ant-%s 0123456789abcdef #{provider}")

    with ScriptedServer() as server:
        env = {"OPENAI_API_BASE": server.base}
        asked = run("ask", "what now?", "-m", "openai/gpt-5.4", env=env)

    keys = [each["authorization"] for each in server.headers if "authorization" in each]
    assert (asked.code, keys) == (6, [])
    assert "key_command gives a key of anthropic, not of openai" in asked.err


def test_a_provider_is_meant_in_any_case(run: Run) -> None:
    kept = run("keys", "set", "OpenAI", stdin="the-kept-one-0123456789")
    gone = run("keys", "rm", "OPENAI")

    assert (kept.code, gone.code) == (0, 0), kept.err
    assert "forgotten: the key of openai" in gone.err
    assert run("keys", "list").out == ""


def test_the_remedy_for_another_vendors_key_is_a_setting_that_there_is(run: Run) -> None:
    run("config", "set", "key_command", "printf gsk_%s 0123456789abcdef0123")

    asked = run("ask", "what now?", "-m", "openai/gpt-5.4")

    assert asked.code == 6
    remedy = "ledgernote config set providers.openai.key_command 'op read …'"
    assert remedy in asked.err
    assert run("config", "set", "providers.openai.key_command", "echo x").code == 0


def test_a_file_of_keys_that_others_could_read_is_closed_to_them_and_told(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    env = {"LEDGERNOTE_KEYS": str(file)}
    run("note", "begun")
    run("keys", "set", "groq", stdin="gsk_0123456789abcdef0123", env=env)

    for argv in (("keys", "list"), ("find", "begun", "--quiet"), ("doctor",)):
        file.chmod(0o644)
        assert run(*argv, env=env).err.count(f"others could read {file}") == 1
        assert file.stat().st_mode & 0o777 == 0o600
        assert "others could read" not in run(*argv, env=env).err


def test_a_folder_in_the_place_of_the_file_of_keys_is_left_as_it_is(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "keys.json"
    folder.mkdir(mode=0o755)

    ran = run("models", env={"LEDGERNOTE_KEYS": str(folder)})

    assert "others could read" not in ran.err
    assert folder.stat().st_mode & 0o777 == 0o755


def test_an_empty_file_of_keys_holds_none(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.touch(mode=0o600)
    env = {"LEDGERNOTE_KEYS": str(file)}

    empty = run("keys", "list", env=env)
    run("keys", "set", "groq", stdin="gsk_0123456789abcdef0123", env=env)

    assert (empty.code, empty.out) == (1, "")
    assert "cannot be read" not in empty.err
    assert run("keys", "list", env=env).out.startswith("groq\t")


@pytest.mark.parametrize("command", [KEY, "0123abcd0123abcd0123abcd", "no-such-vault read x"])
@pytest.mark.parametrize("where", ["", "[providers.openai]\n"])
def test_a_command_that_can_give_no_key_makes_no_model_usable_and_is_told(
    run: Run, tmp_path: Path, command: str, where: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'{where}key_command = "{command}"\n', encoding="utf-8")
    env = {"LEDGERNOTE_CONFIG": str(config)}

    listed = run("models", "--json", env=env)
    asked = run("ask", "-m", "openai/gpt-5.4", "what now?", env=env)

    assert [one["model"] for one in listed.records if one["usable"]] in ([], ["offline"])
    assert asked.code == 6
    assert "key_command names a program that there is not" in asked.err
    assert "read x" in command or command not in asked.err + listed.out + listed.err


@pytest.mark.parametrize(
    "command", ["echo x", "~/bin/vault", "A=1 vault", "$VAULT read", "cat x | head", "if true; fi"]
)
def test_a_command_that_may_give_a_key_is_believed(
    run: Run, home: dict[str, str], command: str
) -> None:
    vault = Path(home["HOME"], "bin", "vault")
    vault.parent.mkdir()
    vault.touch(mode=0o755)
    run("config", "set", "providers.openai.key_command", command)

    listed = run("models", "--usable", "--json").records

    assert "openai/gpt-5.4" in {one["model"] for one in listed}


def test_a_file_of_keys_stays_as_it_is_until_somebody_hears_that_it_was_open(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    env = {"LEDGERNOTE_KEYS": str(file)}
    run("keys", "set", "groq", stdin="gsk_0123456789abcdef0123", env=env)
    file.chmod(0o644)

    with run.begins("models", "--usable", env=env, stderr=subprocess.DEVNULL) as completing:
        completing.communicate(timeout=30)

    assert f"others could read {file}" in run("models", "--usable", env=env).err
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_command_is_run_for_the_question_and_beats_what_is_kept(run: Run) -> None:
    run("keys", "set", "openai", stdin="the-kept-one-0123456789")
    run("config", "set", "providers.openai.key_command", "echo the-told-one-0123456789")

    with ScriptedServer() as server:
        asked = run("ask", "what now?", env={"OPENAI_API_BASE": server.base})

    assert asked.code == 0, asked.err
    assert server.headers[0]["authorization"] == "Bearer the-told-one-0123456789"


def test_a_key_command_that_fails_is_told_and_nobody_answers_instead(run: Run) -> None:
    run("config", "set", "key_command", "echo the vault is locked >&2; exit 3")

    asked = run("ask", "what now?")
    listed = run("models", "--usable", "--json").records
    offline = next(one for one in listed if one["model"] == "offline")
    why = run("models", "--why")

    told = "key_command gave no key: exit 3: the vault is locked"
    assert (asked.code, asked.out) == (6, "")
    assert f"{told}\n  Run it by hand to see" in asked.err
    assert "not asked yet; the question is kept as" in asked.err
    assert (offline["default"], offline["why"]) == (False, told)
    assert f"* what can be used          {told}" in why.out
    assert (why.code, "Run it by hand to see" in why.err) == (6, True)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            "no-such-vault {provider}",
            "key_command names a program that there is not: no-such-vault",
        ),
        ("echo zzz-unknown", "key_command gives a key that begins like nobody's"),
        ("echo pplx-unknown", "key_command gives a key of perplexity, of which no model is named"),
    ],
)
def test_so_is_one_that_is_not_there_or_gives_a_key_of_nobody(
    run: Run, command: str, told: str
) -> None:
    run("config", "set", "key_command", command)

    asked = run("ask", "what now?")

    assert (asked.code, asked.out, asked.err.count(told)) == (6, "", 1)
    assert "-unknown" not in asked.err
    assert run("ask", "-m", "offline", "what now?").code == 0


def test_the_environment_comes_before_all_and_the_list_says_so(run: Run) -> None:
    named = {"ANTHROPIC_API_KEY": "sk-ant-of-the-environment"}

    kept = run("keys", "set", stdin=KEY, env=named)
    listed = run("keys", "list", env=named).out.splitlines()

    assert "ANTHROPIC_API_KEY in the environment comes first: unset it" in kept.err
    assert listed[0] == "anthropic\tANTHROPIC_API_KEY\t…ment"
    assert listed[1].endswith("…cdef\tnot used: what stands above comes first")


def test_a_key_that_is_taken_off_is_gone_and_a_second_time_is_nothing_found(run: Run) -> None:
    run("keys", "set", stdin=KEY)

    codes = [run("keys", "rm", "anthropic").code for _ in range(2)]

    assert codes == [0, 1]
    assert run("keys", "list").code == 1


@pytest.mark.parametrize(
    "argv", [("set", "openai", KEY), ("set", KEY), ("set", "openai", "any-word")]
)
def test_a_key_among_the_arguments_is_refused_and_not_repeated(
    run: Run, argv: tuple[str, ...]
) -> None:
    ran = run("keys", *argv, stdin="")

    assert (ran.code, ran.out) == (2, "")
    assert "your shell keeps those" in ran.err
    assert argv[-1] not in ran.err


def test_what_cannot_be_kept_is_one_sentence(run: Run) -> None:
    unknown = run("keys", "set", "opnai", stdin=KEY)
    nobodys = run("keys", "set", stdin="0123456789abcdefABCDEF")
    silent = run("keys", "set", "openai")

    assert (unknown.code, nobodys.code, silent.code) == (4, 2, 2)
    assert "The nearest is openai" in unknown.err
    assert "Name whose: keys set PROVIDER." in nobodys.err
    assert "no terminal to type a key at" in silent.err


def test_doctor_names_a_file_of_keys_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{broken", encoding="utf-8")
    run.note("a heron")

    ran = run("doctor", env={"LEDGERNOTE_KEYS": str(file)})

    assert f"{file} cannot be read" in ran.out + ran.err


@pytest.mark.parametrize("text", ["{broken", "[1]", None])
def test_a_broken_file_of_keys_costs_no_question_and_is_told(
    run: Run, tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "broken.json"
    if text is None:
        file.mkdir()
    else:
        file.write_text(text, encoding="utf-8")
    there = {"LEDGERNOTE_KEYS": str(file)}

    named = run("ask", "-m", "anthropic/claude-sonnet-5", "what now?", env=there)
    unnamed = run("ask", "who then?", env=there)
    offline = run("chat", "-m", "offline", stdin="and now?\n", env=there)

    assert (named.code, unnamed.code, offline.code) == (6, 6, 0), named.err + offline.err
    assert all(f"{file} cannot be read" in one.err for one in (named, unnamed))
    kept = [one["text"] for one in run("log", "--json").records if one["kind"] == "question"]
    assert kept == ["what now?", "who then?", "and now?"]
    assert f"{file} cannot be read" in run("doctor", env=there).out


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("house", {}),
        ("ollama/llama3.2", {"OLLAMA_HOST": "{root}"}),
        ("openai/tiny", {"OPENAI_API_BASE": "{base}"}),
        ("deepinfra/x", {"DEEPINFRA_API_BASE": "{base}", "DEEPINFRA_API_KEY": canary.OPENAI}),
    ],
)
def test_a_broken_file_of_keys_stops_no_model_that_needs_none_of_it(
    run: Run, tmp_path: Path, name: str, environ: dict[str, str]
) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{broken", encoding="utf-8")
    with ScriptedServer() as server:
        run("config", "set", "models.house.api_base", server.base)
        there = {
            key: one.format(root=server.root, base=server.base) for key, one in environ.items()
        }
        ran = run("ask", "-m", name, "what now?", env={"LEDGERNOTE_KEYS": str(file), **there})

    assert (ran.code, ran.out) == (0, "answer 1\n"), ran.err


def test_a_short_name_that_a_local_server_answers_to_where_the_keys_cannot_be_read_is_told(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{broken", encoding="utf-8")
    run("config", "set", "model", "gpt")
    with ScriptedServer() as server:
        server.models = ("gpt-oss-20b",)
        there = {"LEDGERNOTE_KEYS": str(file), "LM_STUDIO_API_BASE": server.base}
        asked = run("ask", "what now?", env=there)
        why = run("models", "--why", env=there)
        whole = run("ask", "-m", "lm_studio/gpt-oss-20b", "what now?", env=there)

    told = f"{file} cannot be read: with its keys gpt may mean another model"
    assert (asked.code, asked.err.count(told)) == (0, 1)
    assert told in why.out
    assert "cannot be read" not in whole.err


def test_who_cannot_be_asked_for_want_of_what_a_command_prints_is_told_before_asking(
    run: Run,
) -> None:
    run("note", "begun")
    run("config", "set", "model", "openai/gpt-5.4")
    run("config", "set", "key_command", "echo the vault is locked >&2; exit 3")

    asked, why, doctor = run("ask", "what now?"), run("models", "--why"), run("doctor")

    told = "key_command gave no key: exit 3: the vault is locked"
    assert asked.code == 6
    assert all(told in one for one in (asked.err, why.err, doctor.out))
    assert "is asked: the model of the settings" not in doctor.out


def test_a_server_that_wants_a_key_all_the_same_says_that_the_file_cannot_be_read(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{broken", encoding="utf-8")
    with ScriptedServer(Refuse(401, "no key")) as server:
        run("config", "set", "models.house.api_base", server.base)
        ran = run("ask", "-m", "house", "what now?", env={"LEDGERNOTE_KEYS": str(file)})

    assert ran.code == 6
    assert f"{file} cannot be read" in ran.err


def test_what_is_typed_for_a_key_is_not_echoed(run: Run) -> None:
    terminal = run.sits("keys", "set")

    terminal.expect("hidden")
    terminal.sendline(KEY)
    terminal.expect(pexpect.EOF)

    assert "…cdef of anthropic is kept" in terminal.before
    assert KEY[:12] not in terminal.before


# ---- the canary ----------------------------------------------------------------------

CANARY = "canary7Qx9Zk2Lm4Np8Rs6Tv"
"""Begins like nobody's key, so that only knowing it helps."""

FAILURES = (
    Refuse(401, "bad key {key}, I said {key}"),
    Refuse(400, "x" * 280 + " {key} {key}"),
    Refuse(403, "{key}"),
    Fault("the key was {key}"),
    Cut(after_pieces=2),
)
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ask", "--each", "--verbose"),
    ("chat", "--json"),
    ("ask", "odd", "-o", "api_key=x"),
    ("ask", "-m", "no-such-model-at-all", "x"),
    ("context", "what now?", "--json"),
    ("models", "--json"),
    ("models", "--why"),
    ("keys", "list"),
    ("keys", "list", "--json"),
    ("keys", "set", "groq"),
    ("keys", "rm", "groq"),
    ("config", "get"),
    ("doctor",),
    ("verify",),
    ("log", "--json"),
    ("why", "@last.answer", "--json"),
    ("history", "@last"),
    ("export", "--format", "jsonl"),
)


@pytest.mark.parametrize("place", ["environment", "file", "command"])
def test_a_key_stands_in_no_output_and_in_no_file(run: Run, tmp_path: Path, place: str) -> None:
    run.note("a note")
    environ = {"environment": {"OPENAI_API_KEY": CANARY}}.get(place, {})
    if place == "file":
        run("keys", "set", "openai", stdin=CANARY)
    if place == "command":
        secret = tmp_path.parent / f"{tmp_path.name}.secret"
        secret.write_text(CANARY)
        run("config", "set", "providers.openai.key_command", f"cat {secret}")

    with ScriptedServer() as server:
        server.script(*FAILURES)
        environ["OPENAI_API_BASE"] = server.base
        lines = COMMANDS if place == "file" else COMMANDS[:1]
        said = [run(*line, stdin=stdin_of(line), env=environ) for line in lines]
        assert json.dumps(server.headers).count(CANARY) >= len(FAILURES)

    assert said[0].err.count("[key]") >= 3
    assert all(CANARY[:12] not in one.out + one.err for one in said)
    files = [one for one in tmp_path.rglob("*") if one.is_file() and one.name != "keys.json"]
    assert run.ledger in files
    assert [one for one in files if CANARY.encode()[:12] in one.read_bytes()] == []


def stdin_of(line: tuple[str, ...]) -> str | None:
    asked = "".join(f"question {number}?\n" for number in range(len(FAILURES)))
    piped = {"--each": asked, "chat": "and now?\n", "set": f"gsk_{CANARY}"}
    return next((piped[word] for word in line[:2] if word in piped), None)


LOOKS = '"{} -m ledgernote find --ids precious >seen; {}"'


def test_a_question_is_kept_before_a_key_command_is_waited_for(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    env = {"LEDGERNOTE_CONFIG": str(config)}
    told = LOOKS.format(sys.executable, f"echo {canary.OPENAI}")
    (run.cwd / "paper.txt").write_text("all about gilts")

    with ScriptedServer() as server:
        usual = f'[models."openai/gpt-5.4"]\napi_base = "{server.base}"'
        config.write_text(f"key_command = {told}\n{usual}\n", encoding="utf-8")
        asked = run("ask", "-r", "talk", "my precious", "-f", "paper.txt", "--json", env=env)
        seen = (run.cwd / "seen").read_text().split()
        again = run("ask", "-c", "and", "now?", "--json", env=env)

    assert asked.code == 0, asked.err
    assert seen == [asked.records[0]["question"]]
    assert str(server.requests[0]).count("all about gilts") == 1
    assert again.records[0]["thread"] == asked.records[0]["thread"]
    assert (run("undo", env=env).code, run("undo", env=env).code) == (0, 0)
    assert run("log", env=env).out == ""


def test_a_question_that_is_kept_while_a_key_command_fails_is_kept_once(
    run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    env = {"LEDGERNOTE_CONFIG": str(config)}
    config.write_text(f"key_command = {LOOKS.format(sys.executable, 'exit 3')}\n", encoding="utf-8")

    asked = run("ask", "my precious", env=env)
    seen = (run.cwd / "seen").read_text().split()

    assert asked.code == 6
    assert f"not asked yet; the question is kept as {seen[0]}" in asked.err
    assert run("find", "--ids", "precious", env=env).out.split() == seen


UNTIL = '"until {} -m ledgernote find --ids precious >seen; do :; done; {}"'
PIPED = [("chat",), ("ask", "--each")]


@pytest.mark.parametrize("line", PIPED)
def test_a_piped_question_is_kept_before_a_key_command_is_waited_for(
    line: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    env = {"LEDGERNOTE_CONFIG": str(config)}
    told = UNTIL.format(sys.executable, f"echo {canary.OPENAI}")

    with ScriptedServer() as server:
        usual = f'[models."openai/gpt-5.4"]\napi_base = "{server.base}"'
        config.write_text(f"key_command = {told}\n{usual}\n", encoding="utf-8")
        asked = run(*line, stdin="my precious\nand now?\n", env=env)

    kept = [one["text"] for one in run("log", "--json", env=env).records]
    assert asked.code == 0, asked.err
    assert kept == ["my precious", "answer 1", "and now?", "answer 2"]


@pytest.mark.parametrize("line", PIPED)
def test_a_piped_question_is_kept_where_a_key_command_fails_and_the_rest_is_saved(
    line: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    env = {"LEDGERNOTE_CONFIG": str(config)}
    told = UNTIL.format(sys.executable, "exit 3")
    config.write_text(f"key_command = {told}\n", encoding="utf-8")

    asked = run(*line, stdin="my precious\nand now?\n", env=env)

    (kept,) = run("log", "--json", env=env).records
    saved = re.search(r"Your text is safe in (\S+)", asked.err)
    assert (asked.code, kept["text"]) == (6, "my precious")
    assert f"not asked yet; the question is kept as {kept['handle']}" in asked.err
    assert saved
    assert Path(saved[1]).read_text() == "and now?\n"


INTERRUPTED = """
import sys
from ledgernote.cli.main import main

def behind(frame, event, _):
    if event == "return" and frame.f_code.co_name == "keep_unasked":
        sys.setprofile(None)
        raise KeyboardInterrupt

sys.argv = ["ledgernote", "ask", "my precious"]
sys.setprofile(behind)
main()
"""


def test_a_question_is_kept_once_where_an_interrupt_comes_right_behind_the_commit(
    run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("key_command = 'false'\n", encoding="utf-8")
    env = {**run.env, "LEDGERNOTE_CONFIG": str(config)}

    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        env=env,
        cwd=run.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    kept = run("find", "--ids", "precious").out.split()
    assert ran.returncode == 130, ran.stderr
    assert len(kept) == 1
    assert f"the question is kept as {kept[0]}" in ran.stderr
