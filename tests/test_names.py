"""A class name has one meaning in the project (CONTRIBUTING.md, "Style")."""

from __future__ import annotations

import ast
from collections import defaultdict

from slipway.settings import ROOT


def test_class_name_is_defined_in_one_module_only() -> None:
    modules = defaultdict(list)
    for path in sorted((ROOT / "slipway").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(str(path.relative_to(ROOT)))
    assert len(modules) > 100
    assert not {name: paths for name, paths in modules.items() if len(paths) > 1}
