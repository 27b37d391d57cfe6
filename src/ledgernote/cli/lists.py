"""What there is: projects, threads, tags."""

from __future__ import annotations

from ledgernote.cli.call import Call
from ledgernote.render.escape import one_line
from ledgernote.render.records import project_record, thread_record
from ledgernote.render.views import project_line, tags_view, thread_line


def projects(call: Call, *, archived: bool = False) -> None:
    """List the projects."""
    with call.notebook() as notebook:
        look = call.look(notebook)
        for project in notebook.projects(archived=archived):
            if call.out.json:
                call.out.record(project_record(project))
            else:
                call.out.data(project_line(project, look))


def threads(call: Call, *, archived: bool = False, names: bool = False) -> None:
    """List the threads of the project."""
    with call.notebook() as notebook:
        look = call.look(notebook)
        found = notebook.threads(archived=archived)
        if names:
            for name in (*(one.title for one in found if one.named), *(t.handle for t in found)):
                call.out.data(one_line(name))
            return
        for thread in found:
            if call.out.json:
                call.out.record(thread_record(thread))
            else:
                call.out.data(thread_line(thread, look))
        if not found:
            call.out.say(f"no thread in {notebook.project_name} yet; `ledgernote chat` begins one")


def tags(call: Call) -> None:
    """List the tags: of all projects unless one was chosen."""
    with call.notebook() as notebook:
        found = notebook.tags(everywhere=not call.place.chosen)
        if call.out.json:
            for name, count in found:
                call.out.record({"tag": name, "entries": count})
        elif found:
            call.out.data(tags_view(found, call.look(notebook)))
        else:
            call.out.say("no tags yet; `ledgernote tag NAME HANDLE…` puts one on")
