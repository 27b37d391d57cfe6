"""`models`: what can be asked now, what a short name means, and why one of them answers."""

from __future__ import annotations

from typing import Any

import canary
import pytest
from scripted import ScriptedServer
from shell import Run

from ledgernote.models.local import BASE_ENV

KEYS = {"ANTHROPIC_API_KEY": canary.ANTHROPIC, "OPENAI_API_KEY": canary.OPENAI}


def by_name(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["model"]: one for one in records}


def test_the_newest_models_of_each_provider_with_a_key_are_usable(run: Run) -> None:
    found = by_name(run("models", "--usable", "--json", env=KEYS).records)

    assert {one["provider"] for one in found.values()} >= {"anthropic", "openai", "offline"}
    assert all(one["usable"] for one in found.values())
    sonnet = found["anthropic/claude-sonnet-5-5"]
    assert (sonnet["window"], sonnet["vision"], sonnet["tools"]) == (1_000_000, True, True)
    assert sonnet["price_in"] < sonnet["price_out"]
    assert sonnet["why"] == "ANTHROPIC_API_KEY is set"


def test_what_a_provider_goes_on_with_is_listed_and_all_the_rest_on_demand(run: Run) -> None:
    there = {"OPENAI_API_KEY": canary.OPENAI}
    usual = by_name(run("models", "--json", env=there).records)
    everything = by_name(run("models", "--all", "--json", env=there).records)
    told = run("models", env=there).err

    assert usual.keys() > {"openai/gpt-5.4", "openai/gpt-5", "openai/gpt-4.1", "openai/gpt-5-mini"}
    assert not usual.keys() & {"openai/o1", "openai/gpt-4o-2024-08-06"}
    assert everything.keys() > {*usual, "openai/o1", "openai/gpt-4o-2024-08-06"}
    assert not any("ft:" in name for name in everything)
    assert "--all lists dated models too" in told


def test_without_a_key_the_list_says_how_to_get_each_provider(run: Run) -> None:
    everything = by_name(run("models", "--json").records)
    usable = by_name(run("models", "--usable", "--json").records)

    assert everything["openai/gpt-5.4"]["why"] == "needs a key: ledgernote keys set openai"
    assert "openai/gpt-5.4" not in usable
    assert usable["offline"]["default"]


def test_a_local_server_that_answers_is_listed_and_can_be_asked_by_a_part_of_a_name(
    run: Run,
) -> None:
    with ScriptedServer() as server:
        server.models = ("qwen3-tiny:4b", "nomic-embed-text")
        there = {"OLLAMA_HOST": server.root}
        found = by_name(run("models", "--usable", "--json", env=there).records)
        asked = run("ask", "-m", "qwen3-tiny", "what now?", "--json", env=there)

    assert found["ollama/qwen3-tiny:4b"]["why"] == "OLLAMA_HOST is set, and its server has it"
    assert not any("embed" in name for name in found)
    assert asked.records[0]["model"] == "ollama/qwen3-tiny:4b"
    assert "qwen3-tiny is ollama/qwen3-tiny:4b" in asked.err


@pytest.mark.parametrize("provider", BASE_ENV)
def test_a_local_server_is_found_and_asked_where_the_variable_of_litellm_says(
    run: Run, provider: str
) -> None:
    with ScriptedServer() as server:
        server.models = ("tiny-1b",)
        there = {BASE_ENV[provider][0]: server.base}
        found = by_name(run("models", "--usable", "--json", env=there).records)
        asked = run("ask", "-m", f"{provider}/tiny-1b", "what now?", env=there)

    assert f"{provider}/tiny-1b" in found
    assert asked.code == 0, asked.err
    assert [one["model"] for one in server.requests] == ["tiny-1b"]


@pytest.mark.parametrize(("place", "provider"), [(0, "ollama"), (1, "lm_studio"), (2, "llamafile")])
def test_local_servers_are_looked_for_at_the_ports_that_are_named_and_no_other(
    run: Run, place: int, provider: str
) -> None:
    with ScriptedServer() as server:
        server.models = ("tiny-1b",)
        port = server.root.rpartition(":")[2]
        there = {"LEDGERNOTE_LOCAL_PORTS": f"{'no,' * place} {port}"}
        found = by_name(run("models", "--usable", "--json", env=there).records)
        nobody = by_name(
            run("models", "--usable", "--json", env={"LEDGERNOTE_LOCAL_PORTS": "none"}).records
        )

    assert found.keys() == {"offline", f"{provider}/tiny-1b"}
    assert nobody.keys() == {"offline"}


def test_what_an_ollama_has_is_found_by_any_way_before_what_nobody_has_a_key_for(run: Run) -> None:
    asked = ("qwen", "llama 3.1", "llama 3.1 8b", "llama3.1", "qwen 3", "code", "ollama", "llama3")
    with ScriptedServer() as server:
        server.models = ("llama3.2:latest", "llama3.1:8b", "qwen3:8b", "codellama:7b")
        there = {"OLLAMA_HOST": server.root}
        runs = [run("models", "-m", name, "--json", env=there) for name in asked]

    assert [one.records[0]["model"] for one in runs if one.records] == [
        *("ollama/qwen3:8b", "ollama/llama3.1:8b", "ollama/llama3.1:8b", "ollama/llama3.1:8b"),
        *("ollama/qwen3:8b", "ollama/codellama:7b", "ollama/llama3.2", "ollama/llama3.2:latest"),
    ]


def test_a_short_name_that_nobody_can_be_asked_by_names_a_few_of_all_and_how_to_see_the_rest(
    run: Run,
) -> None:
    run("note", "begun")
    asked = run("ask", "-n", "-m", "llama 3.1", "what now?")
    rest = run("models", "--all", "-m", "llama 3.1")

    told = asked.err.partition("could be any of: ")[2].partition(" and ")[0].split(", ")
    assert (asked.code, rest.code) == (4, 0)
    assert told == rest.lines[: len(told)]
    assert told[0] == "ollama/llama3.1"
    assert f" and {len(rest.lines) - len(told)} more" in asked.err
    assert "`ledgernote models --all -m 'llama 3.1'` lists them." in asked.err


@pytest.mark.parametrize("how", ["environment", "kept"])
def test_a_short_name_means_first_what_there_is_a_key_for_whoever_has_it(
    run: Run, how: str
) -> None:
    run("note", "begun")
    before = run("models", "-m", "llama", "--all")
    if how == "kept":
        run("keys", "set", "cerebras", stdin="csk-0123456789abcdef")
    key = {"CEREBRAS_API_KEY": "csk-0123456789abcdef"} if how == "environment" else {}

    found = run("models", "-m", "llama", "--all", env=key)

    assert len(before.lines) > 8
    assert found.lines == ["cerebras/llama-3.3-70b", "cerebras/llama3.1-8b"]


@pytest.mark.parametrize("host", ["127.0.0.1:port", "::"])
def test_whatever_ollama_host_says_the_question_is_kept_and_others_are_asked(
    run: Run, host: str
) -> None:
    there = {"OLLAMA_HOST": host, **KEYS}
    with ScriptedServer() as server:
        asked = run("ask", "-m", "ollama/llama3.2", "what now?", env=there)
        other = run("ask", "-m", "sonnet", "and?", env={**there, "ANTHROPIC_API_BASE": server.root})
    listed = run("models", env=there)

    assert (asked.code, other.code, listed.code) == (6, 0, 0), asked.err + other.err + listed.err
    assert ("OLLAMA_HOST is no address: 127.0.0.1:port" in asked.err) == (host != "::")
    assert run("log", "--json").records[0]["text"] == "what now?"


def test_a_local_server_is_sent_no_more_than_it_says_its_window_is(run: Run) -> None:
    run.note("a heron")
    with ScriptedServer() as server:
        server.models = ("llama3.2",)
        server.tells = {"/api/show": {"model_info": {"llama.context_length": 2048}}}
        there = {"OLLAMA_HOST": server.root}
        found = by_name(run("models", "--usable", "--json", env=there).records)
        planned = run("context", "-m", "ollama/llama3.2", "what now?", "--json", env=there)

    assert found["ollama/llama3.2"]["window"] == 2048
    assert planned.records[0]["budget"] == 2048 * 3 // 4


def test_a_server_at_the_address_of_the_environment_says_itself_what_it_has(run: Run) -> None:
    with ScriptedServer() as server:
        server.models = ("tiny-7b", "tiny-1b")
        found = run("models", "--usable", "--json", env={"OPENAI_API_BASE": server.base}).records

    named = [one["model"] for one in found if one["provider"] == "openai"]
    assert named == ["openai/tiny-7b", "openai/tiny-1b"]


MOVED = [
    ("OPENAI", ""),
    ("OPENAI", canary.OPENAI),
    ("ANTHROPIC", ""),
    ("ANTHROPIC", canary.ANTHROPIC),
]
MOVED += [(whose, canary.OPENAI) for whose in ("OPENROUTER", "GEMINI", "GROQ", "DEEPSEEK", "XAI")]


@pytest.mark.parametrize(("whose", "key"), MOVED)
def test_what_a_dead_address_of_the_environment_would_serve_is_not_usable(
    run: Run, whose: str, key: str
) -> None:
    run("note", "begun")
    with ScriptedServer() as server:
        there = {f"{whose}_API_BASE": server.root, f"{whose}_API_KEY": key}
        alive = by_name(run("models", "--usable", "--json", env=there).records)
    dead = by_name(run("models", "--usable", "--json", env=there).records)
    told, doctor = run("models", env=there).out, run("doctor", env=there).out

    assert whose.lower() in {one["provider"] for one in alive.values()}
    assert whose.lower() not in {one["provider"] for one in dead.values()}
    assert f"\taway\tno answer at {server.root}\n" in told
    assert f"no answer at {server.root} just now" in doctor


def test_a_provider_that_is_asked_elsewhere_says_itself_what_it_has_there(run: Run) -> None:
    with ScriptedServer() as server:
        server.models = ("claude-house",)
        there = {"ANTHROPIC_BASE_URL": server.root, "ANTHROPIC_API_KEY": canary.ANTHROPIC}
        found = by_name(run("models", "--usable", "--json", env=there).records)

    assert found["anthropic/claude-house"]["why"] == f"ANTHROPIC_BASE_URL answers at {server.root}"
    assert "anthropic/claude-sonnet-5-5" not in found


def test_the_own_address_of_a_provider_is_not_looked_at(run: Run) -> None:
    there = {"OPENAI_API_BASE": "https://api.openai.com:1/v1", "OPENAI_API_KEY": canary.OPENAI}

    found = by_name(run("models", "--usable", "--json", env=there).records)

    assert found["openai/gpt-5.4"]["default"]


@pytest.mark.parametrize(
    ("has", "answers"),
    [(("tiny-7b", "tiny-1b"), "tiny-7b"), (("tiny-7b", "gpt-5.4"), "gpt-5.4"), ((), "gpt-5.4")],
)
def test_the_address_of_the_environment_alone_decides_who_answers(
    run: Run, has: tuple[str, ...], answers: str
) -> None:
    with ScriptedServer() as server:
        server.models = has
        asked = run("ask", "what now?", "--json", env={"OPENAI_API_BASE": server.base})

    assert asked.records[0]["model"] == f"openai/{answers}"


def test_a_server_of_the_settings_is_usable_while_it_answers(run: Run) -> None:
    with ScriptedServer() as server:
        run("config", "set", "models.house/llama.api_base", server.base)
        there = by_name(run("models", "--json").records)
    gone = by_name(run("models", "--json").records)

    assert (there["house/llama"]["alias"], there["house/llama"]["usable"]) == (None, True)
    assert there["house/llama"]["provider"] == "house"  # as consents and privacy have it
    assert not gone["house/llama"]["usable"]


def test_a_server_of_the_settings_answers_by_the_name_that_they_give_it(run: Run) -> None:
    with ScriptedServer() as server, ScriptedServer() as openai:
        environ = {"OPENAI_API_KEY": canary.OPENAI}
        run("config", "set", "models.house/b.api_base", server.base)
        first = run("ask", "-m", "house/b", "what now?", "-r", "talk", "--json", env=environ)
        older = run("ask", "-m", "openai/house/b", "and now?", "-c", env=environ)
        elsewhere = {**environ, "OPENAI_API_BASE": openai.base}
        there = run("ask", "-m", "openai/house/b", "who?", "--json", env=elsewhere)

    assert first.records[0]["model"] == "house/b"
    assert "openai/house/b is house/b" in older.err
    assert [one["model"] for one in server.requests] == ["house/b", "house/b"]
    assert there.records[0]["model"] == "openai/house/b"
    answers = [one["model"] for one in run("log", "--json").records if one["kind"] == "answer"]
    assert answers == ["house/b", "house/b", "openai/house/b"]


def test_a_short_name_asks_the_newest_model_of_its_family_and_says_which(run: Run) -> None:
    with ScriptedServer() as server:
        environ = {**KEYS, "ANTHROPIC_API_BASE": server.root}
        asked = run("ask", "-m", "sonnet", "what now?", env=environ)

    assert asked.code == 0, asked.err
    assert "sonnet is anthropic/claude-sonnet-5-5" in asked.err.splitlines()
    assert server.requests[0]["model"] == "claude-sonnet-5-5"


def test_a_name_that_fits_several_families_lists_them_and_keeps_the_question(run: Run) -> None:
    ran = run("ask", "-m", "claude", "what now?", env=KEYS)

    assert ran.code == 4
    assert "'claude' could be any of: anthropic/claude-haiku" in ran.err
    assert "not asked yet; the question is kept as" in ran.err


def test_the_first_letters_of_a_name_will_do_and_several_are_left_to_the_person(run: Run) -> None:
    for one in "ab":
        run("config", "set", f"models.house/{one}.api_base", "http://127.0.0.1:1/v1")

    offline = run("models", "-m", "off", "--json").records[0]
    sonnet = run("models", "-m", "sonn", "--json", env=KEYS).records[0]
    house = run("ask", "-m", "hous", "what now?")

    assert (offline["model"], sonnet["model"]) == ("offline", "anthropic/claude-sonnet-5-5")
    assert house.code == 4
    assert "'hous' could be any of: house/a, house/b" in house.err
    assert "Type one of its other words too" in house.err


def test_a_key_in_the_place_of_a_name_is_neither_repeated_nor_kept(run: Run) -> None:
    asked = run("ask", "-m", canary.OPENAI, "what now?")
    listed = run("models", "-m", canary.ANTHROPIC)
    default = run("ask", "what now?", env={"LEDGERNOTE_MODEL": canary.OPENAI})
    model = run("config", "set", "model", canary.OPENAI)
    fallback = run("config", "set", "projects.fed.fallback", f"haiku,{canary.OPENAI}")
    gone = run("keys", "rm", canary.OPENAI)

    codes = [ran.code for ran in (asked, listed, default, model, fallback, gone)]
    assert codes == [4, 4, 4, 2, 2, 2]
    assert all("a key" in ran.err for ran in (asked, listed, default, model, fallback, gone))
    assert run("config", "get", "model").out == "\n"


def test_a_name_of_ones_own_stands_for_a_model_and_is_listed_beside_it(run: Run) -> None:
    run("config", "set", "models.quick.model", "haiku")

    meant = run("models", "-m", "quick", "--json", env=KEYS).records[0]
    listed = by_name(run("models", "--json", env=KEYS).records)

    assert meant["model"] == "anthropic/claude-haiku-5-5"
    assert listed["anthropic/claude-haiku-5-5"]["alias"] == "quick"


def test_what_can_be_asked_now_comes_before_what_cannot(run: Run) -> None:
    openai = run("models", "-m", "flash", "--json", env={"GEMINI_API_KEY": "AIza0123456789"})
    deepseek = run("models", "-m", "flash", "--json", env={"DEEPSEEK_API_KEY": "sk-0123"})

    assert openai.records[0]["model"] == "gemini/gemini-flash-latest"
    assert deepseek.records[0]["model"] == "deepseek/deepseek-v4-flash"


def test_the_whole_name_always_wins_and_a_provider_means_its_usual_model(run: Run) -> None:
    whole = run("models", "-m", "gpt-4o", "--json", env=KEYS).records[0]
    strange = run("models", "-m", "openai/my-own-thing", "--json", env=KEYS).records[0]
    provider = run("models", "-m", "Anthropic", "--json", env=KEYS).records[0]

    assert [one["model"] for one in (whole, strange, provider)] == [
        *("openai/gpt-4o", "openai/my-own-thing", "anthropic/claude-sonnet-5")
    ]


def chosen(run: Run, *argv: str, **environ: str) -> tuple[str, str]:
    rows = run("models", "--why", "--json", *argv, env={**KEYS, **environ}).records
    (one,) = (row for row in rows if row["chosen"])
    return one["rule"], one["model"]


def test_why_names_the_rule_that_chose_each_beaten_by_the_one_above_it(run: Run) -> None:
    run("note", "begun", "-p", "fed")
    found = [chosen(run)]
    run("config", "set", "model", "haiku")
    found.append(chosen(run))
    run("config", "set", "projects.fed.model", "opus")
    found += [chosen(run, "-p", "fed"), chosen(run, "-p", "other")]
    run("ask", "what now?", "-r", "talk", "-p", "fed", "-m", "offline")
    found.append(chosen(run, "-p", "fed", "-r", "talk"))
    found.append(chosen(run, "-p", "fed", "-r", "talk", LEDGERNOTE_MODEL="gpt"))
    found.append(chosen(run, "-p", "fed", "-m", "sonnet", LEDGERNOTE_MODEL="gpt"))

    assert found == [
        ("what can be used", "openai/gpt-5.4"),
        ("model", "anthropic/claude-haiku-5-5"),
        ("projects.fed.model", "anthropic/claude-opus-5-5"),
        ("model", "anthropic/claude-haiku-5-5"),
        ("thread", "offline"),
        ("LEDGERNOTE_MODEL", "openai/gpt-5.6"),
        ("-m", "anthropic/claude-sonnet-5-5"),
    ]


def test_why_tells_what_the_settings_say_also_where_the_environment_comes_first(run: Run) -> None:
    run("config", "set", "model", "haiku")

    rows = run("models", "--why", "--json", env={**KEYS, "LEDGERNOTE_MODEL": "gpt"}).records
    row = next(one for one in rows if one["rule"] == "model")

    assert (row["model"], row["chosen"]) == ("anthropic/claude-haiku-5-5", False)
    assert row["why"].endswith("the model of the settings; LEDGERNOTE_MODEL comes first")


def test_doctor_tells_who_answers_and_which_names_nobody_has(run: Run) -> None:
    run("note", "begun")
    run("config", "set", "fallback", "sonett, haiku")
    run("config", "set", "projects.fed.model", "qwertz")
    run("config", "set", "model", "offline")
    told = [one["what"] for one in run("doctor", "--json", env=KEYS).records]
    run("config", "set", "model", "anthropic/claude-sonnet-5")
    now = [one["what"] for one in run("doctor", "--json", env=KEYS).records]
    bare = [one["what"] for one in run("doctor", "--json").records]

    assert "fallback: no model is called 'sonett'" in told
    assert "projects.fed.model: no model is called 'qwertz'" in told
    assert "offline is asked: the model of the settings" in told
    assert "anthropic/claude-sonnet-5 is asked: the model of the settings" in now
    assert "keys in the environment: none" in bare
    needs = "anthropic needs a key, and ANTHROPIC_API_KEY is not set"
    assert f"nobody answers unless named: {needs}" in bare


def test_a_family_that_only_the_table_has_is_listed_to_choose_from(run: Run) -> None:
    ran = run("ask", "-m", "llama", "what now?")

    assert ran.code == 4
    assert "'llama' could be any of: ollama/llama3" in ran.err
    assert "cerebras/llama-3.3-70b" in ran.err
    assert "codellama" not in ran.err


def test_of_a_server_that_is_not_there_nobody_says_that_it_answers(run: Run) -> None:
    with ScriptedServer() as server:
        run("note", "begun")
        run("config", "set", "models.house.api_base", server.base)
        run("config", "set", "model", "house")
        there = run("models", "--why").err + run("doctor").out
    gone = run("models", "--why").err
    told = run("doctor").out

    missing = f"no answer at {server.base} just now"
    assert missing not in there
    assert f"house is asked; {missing}" in gone
    assert f"note {missing}" in told
    assert "house answers" not in gone + told


def test_a_default_that_cannot_be_asked_is_not_said_to_answer_in_place_of_itself(
    run: Run,
) -> None:
    there = {"OLLAMA_HOST": "127.0.0.1:port"}
    run("ask", "what now?", "-r", "talk", env=there)

    again = run("ask", "and now?", "-c", env=there)

    assert again.code == 6
    assert "OLLAMA_HOST is no address" in again.err
    assert "asked here last" not in again.err


def test_a_default_that_is_no_model_is_named_with_what_set_it(run: Run) -> None:
    ran = run("ask", "what now?", env={"LEDGERNOTE_MODEL": "sonett"})
    why = run("models", "--why", "--json", env={"LEDGERNOTE_MODEL": "sonett"})

    assert (ran.code, why.code) == (4, 4)
    assert "LEDGERNOTE_MODEL: no model is called 'sonett'" in ran.err
    assert "Close: anthropic/claude-sonnet-" in ran.err
    assert [one["rule"] for one in why.records if one["chosen"]] == ["LEDGERNOTE_MODEL"]


def test_a_project_asks_the_model_that_is_set_for_it(run: Run) -> None:
    run("config", "set", "projects.fed.model", "offline")

    fed = run("ask", "what now?", "-p", "fed", "--json", env=KEYS)

    assert fed.records[0]["model"] == "offline"


@pytest.mark.parametrize(
    "typed", ["openai/gpt-4o, haiku", '["openai/gpt-4o", "haiku"]', ' [ "openai/gpt-4o","haiku"]']
)
def test_a_list_is_set_with_commas_or_as_the_file_holds_it(typed: str, run: Run) -> None:
    run("config", "set", "fallback", typed)

    held = run("config", "get", "fallback", "--json").records
    assert held == [{"name": "fallback", "value": ["openai/gpt-4o", "haiku"]}]


@pytest.mark.parametrize("typed", ["[openai/gpt-4o]", '["openai/gpt-4o"', "[1]"])
def test_what_only_looks_like_a_list_is_refused(typed: str, run: Run) -> None:
    ran = run("config", "set", "fallback", typed)

    assert ran.code == 2
    assert "fallback is a list of names" in ran.err
    assert run("config", "get", "fallback").out.strip() == ""
