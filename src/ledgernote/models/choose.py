"""Opens the model that was chosen: `offline` here, any other behind the one door, or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledgernote.models.choice import ModelChoice
from ledgernote.models.offline import Offline
from ledgernote.models.patience import PATIENCE, Patience
from ledgernote.models.providers import OFFLINE

if TYPE_CHECKING:
    from ledgernote.models.served import Remote


def open_model(
    choice: ModelChoice, options: Mapping[str, object], patience: Patience = PATIENCE
) -> Remote | Offline:
    """The model of *choice*, with the provider's own *options* (temperature, …).

    Nothing heavy is imported and nothing is asked yet; `warm()` does that ahead of time.
    Raises `UsageError` for an option that is not the user's to set.
    """
    if choice.name == OFFLINE:
        return Offline()
    from ledgernote.models.direct import Direct, is_direct
    from ledgernote.models.served import Remote

    return (Direct if is_direct(choice) else Remote)(choice, options, patience)
