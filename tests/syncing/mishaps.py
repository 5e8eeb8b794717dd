"""What befalls a world in the engine's tests."""

from dataclasses import replace

from smoothx_tui.base.answers import Answer, Unknown
from smoothx_tui.procore.items import Kind
from tests.syncing.table import Table


def lose_answers(table: Table, *, after: bool, times: int = 1) -> None:
    """The next writes have no answer; `after`: but their effect."""
    write = table.world.write
    left = [times]

    async def lossy(method: str, path: str, body: bytes, key: str) -> Answer:
        if not left[0]:
            return await write(method, path, body, key)
        left[0] -= 1
        if after:
            await write(method, path, body, key)
        raise Unknown("the connection broke")

    table.world.write = lossy  # type: ignore[method-assign]


def of_kind(table: Table, kind: Kind) -> str:
    """Make the only item one of this kind."""
    table.world.items.clear()
    number = 1
    while not table.world.items:
        table.world.add_item(number, lock=True)
        if next(iter(table.world.items.values())).item.kind is not kind:
            table.world.items.clear()
        number += 1
    return table.first


def plant_twin(table: Table) -> str:
    (document,) = table.world.documents.values()
    twin = "7e000000-0000-4000-8000-00000000beef"
    table.world.documents[twin] = replace(document, document=replace(document.document, id=twin))
    return twin
