"""``edgeflow datasets list|show``."""

from __future__ import annotations

from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import Json

app = typer.Typer(help="Data set recipes.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_datasets(json: Json = False) -> None:
    """All recipes that travel with edgeflow."""
    from edgeflow.data.recipe import load_recipe, recipe_names

    recipes = [load_recipe(name) for name in recipe_names()]
    if json:
        console.answer_json({"schema": 1, "datasets": [recipe.name for recipe in recipes]})
        return
    console.answer_table(("data set", "what", "licence"), [(r.name, r.title, r.licence) for r in recipes])


@app.command("show")
def show_dataset(name: Annotated[str, typer.Argument(help="Recipe name or file.")]) -> None:
    """One recipe with its licence and citation."""
    import msgspec

    from edgeflow.data.recipe import load_recipe

    for key, value in msgspec.to_builtins(load_recipe(name)).items():
        if value not in ("", None, [], {}):
            console.answer(f"{key}: {value}")
