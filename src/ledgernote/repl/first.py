"""The first key, and any later one: typed unseen, kept, and put to use at once.

A question that nobody can answer yet is kept before a key is asked for, and answered after.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ledgernote.domain.errors import LedgernoteError, ModelError, NoSuchThing, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.secrets import tail
from ledgernote.domain.text import to_bytes
from ledgernote.domain.turns import Model
from ledgernote.notebook import keys
from ledgernote.notebook.answering import is_awaited, no_model, the_model
from ledgernote.notebook.models import is_keyless, last_model, local_models, remember
from ledgernote.notebook.turn import Question, asked_already, keep_unasked
from ledgernote.notebook.whose import of_thread
from ledgernote.render.escape import one_line
from ledgernote.render.receipts import short
from ledgernote.render.rescue import rescuing
from ledgernote.repl.awaited import Awaited
from ledgernote.repl.session import WAITS, Desk, Session, in_talk, wrapped
from ledgernote.repl.words import Command, Typed, meaning

SKIP = "/skip"
NOBODY = "nobody can type a key here"
NO_KEY = "that is no key, and is not kept; /key PROVIDER takes any one word; Ctrl-C leaves"
NOT_ONE_WORD = "a key is one word; that is not kept; Ctrl-C leaves"


def ready(
    session: Session, question: Question, desk: Desk
) -> tuple[Session, Question | None, Model]:
    """Who answers *question*: where there is no model yet, a person is asked for one.

    The question is kept first, and comes back as one that is asked again; None: not now.
    """
    if not session.waits or desk.secret is None:
        return session, question, session.model
    if question.again is None:
        with rescuing(desk.out, [to_bytes(question.text)], (Exception, SystemExit)):
            asked = keep_unasked(session.notebook, question)
        question = asked_already(session.notebook, question, asked)
        session = replace(
            session,
            thread=asked.question.thread,
            title=asked.question.thread_title or session.title,
            question=asked.question.handle,
            material=(),
            used=(),
        )
    session = _awaiting(session, desk)
    if session.awaited:
        _say(session, f"{WAITS}; the question is kept, Ctrl-C leaves it for later", desk)
        session.awaited.wait(desk.pressed)
        session = chosen(session, desk)
    session = session if session.awaited else _until_known(session, desk)
    if session.waits:
        desk.out.say(f"not asked yet; the question is kept as {question.again}; /retry asks it")
        return session, None, session.model
    return session, question, session.model


def _awaiting(session: Session, desk: Desk) -> Session:
    """The session while a command that has failed runs once more: it may be mended by now."""
    about = (session.notebook.settings, session.notebook.project_name)
    if session.awaited or not is_awaited(*about):
        return session
    awaited = Awaited(*about)
    awaited.then = desk.renew
    return replace(session, awaited=awaited)


def chosen(session: Session, desk: Desk) -> Session:
    """The session with its model, where that was awaited and is known now."""
    if session.awaited is None or not session.awaited.over:
        return session
    session = replace(session, awaited=None, unset=session.awaited.unset)
    notebook, thread = session.notebook, session.thread
    try:
        if session.unset and not (thread and last_model(notebook, thread)):
            return session
        model, told = of_thread(notebook, notebook.thread_id(thread) if thread else None)
    except LedgernoteError as error:
        return replace(session, unset=session.unset or no_model(error))
    desk.warm(model)
    answers = f"{one_line(model.name)} answers · {short(model.window)} tokens"
    _say(session, in_talk(told) or answers, desk)
    return replace(session, model=model)


def _until_known(session: Session, desk: Desk) -> Session:
    """Ask for a key, a server or neither, until one of them is there or Ctrl-C ends it."""
    while session.asks_for_model:
        typed = _typed(desk, session.first_key, lambda text: text == SKIP or _fits(text), NO_KEY)
        if typed is None:
            break
        session = meant(session, typed, desk)
    return session


def is_hidden(session: Session, text: str) -> bool:
    """Whether what stands in the prompt is a key, as far as it goes."""
    text = text[: keys.LONGEST + 1].strip()
    command, *words = text.split() or [""]
    if command == "/key" and words:
        return len(words) > 1 or keys.begins(words[0]) or _fits(words[0])
    text = _in_one(session, text)
    return keys.begins(text) or keys.is_key(text, of_anyone=session.asks_for_model)


def is_meant(session: Session, text: str) -> bool:
    """Whether a line is a key, never a question; without a model, Enter alone means something."""
    if not text or text.isspace():
        return session.asks_for_model
    return keys.is_key(_in_one(session, text), of_anyone=session.asks_for_model)


def _in_one(session: Session, text: str) -> str:
    """*text* without the white space that broke a key: line breaks, or a space where one is due."""
    text_so_far = text[: keys.LONGEST + 1].strip()
    first, *more = text_so_far.split() or [""]
    lines = len(more) == text_so_far.count("\n")
    spaced = session.asks_for_model and len(more) == 1
    broken = (lines or spaced) and len(first) >= keys.LEAST
    return keys.joined(text) if broken else text


def meant(session: Session, typed: str, desk: Desk) -> Session:
    """What a line means where there is no model yet: a key, a server of this machine, neither."""
    try:
        if not typed:
            return local(session, desk)
        return skip(session, "", desk) if typed == SKIP else take(session, typed, desk)
    except UsageError as error:
        desk.out.error(str(error), error.hint)
        return session


def key(session: Session, words: str, desk: Desk) -> Session:
    """Keep a key that is typed unseen, here or when it is asked for, and use it."""
    if keys.is_key(_in_one(session, words)):
        return take(session, words, desk)
    provider, _, given = words.partition(" ")
    if given and not keys.is_key(given, of_anyone=True):  # what is wrong may be a part of one
        raise UsageError("that is no key", "/key PROVIDER asks for it, unseen.")
    if provider:
        try:
            provider = keys.provider_of(session.notebook.settings, provider)
        except NoSuchThing:
            if not _fits(provider):
                raise
            if given:
                raise UsageError("two keys are one too many", "/key PROVIDER KEY") from None
            return take(session, provider, desk)
    if given:
        return take(session, given, desk, provider)
    whose = f"Paste the key of {provider}" if provider else "Paste a key"
    fits, refusal = (partial(_fits_one, desk), NOT_ONE_WORD) if provider else (_fits, NO_KEY)
    typed = _typed(desk, f"{whose} (hidden); Enter leaves it.", fits, refusal)
    return take(session, typed, desk, provider) if typed else session


def take(session: Session, typed: str, desk: Desk, provider: str = "") -> Session:
    """Keep the key that was typed; whoever could not be asked without it answers from here on."""
    found = keys.cleaned(keys.joined(typed))
    owner = keys.recognised(found)
    whose = provider or owner or _asked_whose(desk)
    settings = session.notebook.settings
    place = keys.keep(settings, whose, found)
    _say(session, f"the key {tail(found)} of {whose} is kept in {one_line(place)}", desk)
    if keys.joined(typed) != typed:
        _say(session, "white space within it was left out", desk)
    if owner and owner != whose:
        told = f"it looks like a key of {owner}: /key {owner} takes it for that one, "
        _say(session, f"{told}`ledgernote keys rm {whose}` forgets it here", desk)
    if front := keys.in_front(settings, whose):
        told = f"{front} comes first: unset it, or this key is not used"
        _say(session, told, desk)
    if session.model.name == whose or session.model.name.startswith(f"{whose}/"):
        return _with(session, session.model.name, desk, chosen=session.chosen)
    usual = keys.usual_model(whose)
    if not session.chosen and session.model.name == "offline":
        usual = _now_usable(session) or usual
    elif session.chosen or not _is_lacking(session):
        way = f"/model {whose if usual else f'{whose}/NAME'}"
        _say(session, f"{one_line(session.model.name)} answers as before; {way} asks {whose}", desk)
        return session
    if usual:
        return _with(session, usual, desk, chosen=False)
    _say(session, f"/model {whose}/NAME says which of its models answers", desk)
    return session


def _is_lacking(session: Session) -> bool:
    """Whether the model of the talk, which nobody named and is none of one's own, has no key."""
    with suppress(NoSuchThing):
        return not session.model.local and is_keyless(session.notebook.settings, session.model.name)
    return False


def _now_usable(session: Session) -> str:
    """The model that the thread had before, if it can be asked again; else empty."""
    thread = session.notebook.thread_id(session.thread) if session.thread else None
    with suppress(ModelError):  # the thread had none, and there is no key for the default
        name = of_thread(session.notebook, thread)[0].name if thread else ""
        return "" if name == "offline" else name
    return ""


def _asked_whose(desk: Desk) -> str:
    names = {name: name for name in keys.USUAL}
    question = f"Whose key is it? {', '.join(names)}; Enter leaves it:"
    if whose := desk.choose(question, names, ""):
        return whose
    raise UsageError(
        "nobody's keys begin like this one; it is not kept",
        "/key PROVIDER keeps it; with a word beside it, it is a question.",
    )


def local(session: Session, desk: Desk) -> Session:
    """Take a model of a server on this machine, and remember it."""
    found = local_models(session.notebook.settings)
    if not found:
        _say(
            session, "no server answers here: Ollama, LM Studio and llama.cpp are looked for", desk
        )
        return session
    name = found[0]
    if len(found) > 1:
        for number, each in enumerate(found, 1):
            desk.out.data(f"{number:3}  {one_line(each)}")
        answers = {"": name} | {str(number): each for number, each in enumerate(found, 1)}
        name = desk.choose(f"Which one? 1 to {len(found)} [1]", answers, "", insists=True)
    if not name:
        return session
    remember(session.notebook, name)
    session = _with(session, name, desk, chosen=False)
    told = f"it is the default now; config set models.{name}.local true lets it see what is private"
    _say(session, told, desk)
    return session


def skip(session: Session, words: str, desk: Desk) -> Session:
    """Go on without a model: `offline` quotes the notebook."""
    if session.waits:
        _say(session, "offline answers: it quotes what is kept; /key takes a key at any time", desk)
    return replace(session, unset="", awaited=None)


def _with(session: Session, name: str, desk: Desk, *, chosen: bool) -> Session:
    model = the_model(session.notebook, name)
    desk.warm(model)
    _say(session, f"{one_line(model.name)} answers · {short(model.window)} tokens", desk)
    return replace(session, model=model, chosen=chosen, unset="", awaited=None)


def _typed(desk: Desk, question: str, fits: Callable[[str], bool], refusal: str) -> str | None:
    """A line that *fits*, typed unseen, or an empty one; None where Ctrl-C or a command ended it.

    Any other line may be a key that is damaged: it is dropped, shown nowhere, and asked for again.
    """
    if desk.secret is None:
        raise UsageError(NOBODY, "In a shell: ledgernote keys set")
    while True:
        desk.out.say(question)
        try:
            typed = desk.secret()
        except (EOFError, KeyboardInterrupt):
            return None
        text = typed.text.strip()
        if not text or fits(text):
            return text
        if _is_command(desk, typed):
            desk.later(typed)
            return None
        desk.out.say(refusal)


def _is_command(desk: Desk, typed: Typed) -> bool:
    return isinstance(meaning(typed, desk.commands), Command)


def _fits(text: str) -> bool:
    return keys.is_key(keys.joined(text), of_anyone=True)


def _fits_one(desk: Desk, text: str) -> bool:
    """For a provider that was named, any one word that is no command."""
    one = keys.joined(text)
    return _fits(one) or (keys.is_one_word(one) and not _is_command(desk, Typed(text)))


def _say(session: Session, line: str, desk: Desk) -> None:
    desk.out.say(wrapped(line, desk.look(session, talk=True).width))
