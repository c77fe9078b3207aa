"""The rules of the house, read from the source with ``ast``: floors, light imports, one printer, nothing unsafe."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = tuple(sorted([*(ROOT / "rag").rglob("*.py"), *ROOT.glob("app.py")]))

FACTS = frozenset({"schema", "exchange", "text", "config", "errors", "filters", "metrics", "curves", "records", "hub"})
STAGES = frozenset({"read", "split", "embed", "lexical", "store", "rank", "answer", "cite", "followup", "respell"})
WALKS = frozenset(
    {
        "build", "ask", "evidence", "evaluate", "library", "joined", "bring", "report", "judging", "dossier",
        "session", "suggest", "telling", "vocabulary",
    }
)
"""First names under ``rag``; whatever else stands there belongs to the doors, which only doors may import."""
ANYTHING_GOES = "train"  # fits the shipped weights; no other part may import it
LIGHT = frozenset({"rag", "numpy", "regex", *sys.stdlib_module_names})
UNSAFE_MODULES = frozenset({"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"})
EXITS = frozenset({"sys.exit", "os._exit", "exit", "quit"})

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[ast.Module, str], list[str]]


def module_name(path: Path) -> str:
    """The dotted name, a package's own for its ``__init__.py``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """``read`` for ``rag.read.pdf``; empty for ``rag`` itself."""
    return module.split(".")[1] if module.startswith("rag.") else ""


def floor_of(module: str) -> int:
    """0 facts, 1 stages, 2 walks, 3 doors."""
    part = part_of(module)
    if module == "rag" or part in FACTS:
        return 0
    return 1 if part in STAGES else 2 if part in WALKS else 3


def imported(node: ast.AST, module: str) -> list[str]:
    """The modules one statement imports; for ``from rag import metrics`` that is ``rag.metrics``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level:
        return [f"{module.split('.')[0]}.{node.module or node.names[0].name} (write the whole name)"]
    if node.module == "rag":
        return [f"rag.{alias.name}" for alias in node.names]
    return [node.module or ""]


def bad_directions(tree: ast.AST, module: str) -> list[str]:
    """The imports of ``module`` that point up, sideways between two stages, or at the training."""
    own, floor, bad = part_of(module), floor_of(module), []
    for target in (name for node in ast.walk(tree) for name in imported(node, module)):
        if target.split(".")[0] not in ("rag", "app") or own == ANYTHING_GOES:
            continue
        other, below = part_of(target), floor_of(target)
        if below > floor or (below == floor == 1 and own != other) or other == ANYTHING_GOES or "(" in target:
            bad.append(f"{module} -> {target}")
    return bad


def run_on_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported: no function's body, nothing under ``if TYPE_CHECKING``."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        elif not isinstance(node, Function | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def heavy_imports(tree: ast.Module, module: str) -> list[str]:
    """Packages beyond the standard library, numpy and regex that importing ``module`` brings in."""
    if part_of(module) == ANYTHING_GOES:
        return []
    allowed = LIGHT | {"streamlit"} if module == "app" or part_of(module) == "app" else LIGHT
    names = [name for node in run_on_import(tree.body) for name in imported(node, module)]
    return [f"{module}: {name}" for name in names if name.split(".")[0] not in allowed]


def prints_and_exits(tree: ast.AST, module: str) -> list[str]:
    """Calls of print and of what ends the process, and raised SystemExit, outside the command line."""
    if part_of(module) == "cli":
        return []
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    raised = [ast.unparse(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    found = [name for name in calls if name == "print" or name in EXITS]
    return [f"{module}: {name}" for name in found + [name for name in raised if name.startswith("SystemExit")]]


def wide_catches(tree: ast.AST, module: str) -> list[str]:
    """``except:``, and handlers that name Exception or BaseException, alone or among others."""
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    wide = {"Exception", "BaseException"}
    return [
        f"{module}:{handler.lineno}"
        for handler in handlers
        if handler.type is None or any(isinstance(n, ast.Name) and n.id in wide for n in ast.walk(handler.type))
    ]


def unsafe(tree: ast.AST, module: str) -> list[str]:
    """Whatever could run what a file says: pickles, ``allow_pickle``, eval, exec, unchecked weights, a YAML loader."""
    found: list[str] = []
    for node in ast.walk(tree):
        found += [name for name in imported(node, module) if name.split(".")[0] in UNSAFE_MODULES]
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if name in ("eval", "exec", "__import__", "yaml.load", "yaml.unsafe_load", "os.system"):
            found.append(name)
        if said.get("allow_pickle", "False") != "False" or said.get("shell", "False") != "False":
            found.append(ast.unparse(node))
        if name == "torch.load" and said.get("weights_only") != "True":
            found.append(ast.unparse(node))
        if said.get("trust_remote_code", "False") != "False":
            found.append(ast.unparse(node))
    return [f"{module}: {what}" for what in found]


def undocumented(tree: ast.Module, module: str) -> list[str]:
    """The module, its public classes, functions and methods that have no docstring."""
    missing = [] if ast.get_docstring(tree) or not tree.body else [module]
    waiting: list[tuple[str, ast.stmt]] = [(module, node) for node in tree.body]
    while waiting:
        above, node = waiting.pop()
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            missing.append(f"{above}.{node.name}")
        if isinstance(node, ast.ClassDef):
            waiting += [(f"{above}.{node.name}", child) for child in node.body]
    return missing


def unannotated(tree: ast.AST, module: str) -> list[str]:
    """Functions with an argument (other than self and cls) or a result without a type."""
    bad = []
    for node in ast.walk(tree):
        if not isinstance(node, Function):
            continue
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        bare = [arg.arg for arg in every if arg and arg.annotation is None and arg.arg not in ("self", "cls")]
        if bare or node.returns is None:
            bad.append(f"{module}.{node.name}({', '.join(bare)})")
    return bad


RULES: tuple[Rule, ...] = (
    bad_directions, heavy_imports, prints_and_exits, wide_catches, unsafe, undocumented, unannotated,
)  # fmt: skip


def test_every_part_of_the_plan_is_there() -> None:
    parts = {part_of(module_name(path)) for path in FILES}
    assert parts >= FACTS | STAGES | WALKS, f"missing: {sorted((FACTS | STAGES | WALKS) - parts)}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    broken: list[str] = []
    for path in FILES:
        broken += rule(ast.parse(path.read_text(encoding="utf-8"), str(path)), module_name(path))
    assert broken == []


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (bad_directions, "rag.text.dates", "import rag.split"),
        (bad_directions, "rag.read.pdf", "def f() -> None:\n    from rag.store import Rows"),
        (bad_directions, "rag.rank", "from rag import lexical"),
        (bad_directions, "rag.store", "from rag.build import build"),
        (bad_directions, "rag.build", "from rag.cli import main"),
        (bad_directions, "rag.cli", "from rag.train.answer import fit"),
        (bad_directions, "rag.read.pdf", "from .docx import read_docx"),
        (heavy_imports, "rag.lexical", "import tantivy"),
        (heavy_imports, "rag.lexical", "try:\n    import torch.nn\nexcept ImportError:\n    pass"),
        (heavy_imports, "rag.lexical", "if TYPE_CHECKING:\n    pass\nelse:\n    from lxml import etree"),
        (heavy_imports, "rag.cli", "import streamlit"),
        (prints_and_exits, "rag.build", "print('done')"),
        (prints_and_exits, "rag.build", "sys.exit(1)"),
        (prints_and_exits, "rag.build", "raise SystemExit(1)"),
        (wide_catches, "rag.build", "try:\n    f()\nexcept:\n    pass"),
        (wide_catches, "rag.build", "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
        (wide_catches, "rag.build", "try:\n    f()\nexcept BaseException as error:\n    pass"),
        (unsafe, "rag.store", "import pickle"),
        (unsafe, "rag.store", "np.load(path, allow_pickle=True)"),
        (unsafe, "rag.store", "eval('1')"),
        (unsafe, "rag.embed", "AutoModel.from_pretrained(name, trust_remote_code=True)"),
        (undocumented, "rag.rank", '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self) -> None:\n        pass'),
        (undocumented, "rag.rank", "x = 1"),
        (unannotated, "rag.rank", "def f(x) -> None:\n    pass"),
        (unannotated, "rag.rank", "def f(*, x: int):\n    pass"),
    ],
)
def test_each_rule_sees_what_breaks_it(rule: Rule, module: str, source: str) -> None:
    assert len(rule(ast.parse(source), module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("rag.cli", "from rag.ask import ask\nprint(1)\nsys.exit(0)"),
        ("rag.read", "from rag.read.pdf import read_pdf\nfrom rag.config import Config"),
        ("rag.library", "from rag.build import FORMAT"),
        ("rag.lexical", "def _f() -> None:\n    import tantivy"),
        ("rag.lexical", "if TYPE_CHECKING:\n    import tantivy"),
        ("rag.app.page", "import streamlit as st"),
        ("rag.train.answer", "import torch\nfrom rag.cli import main"),
        ("rag.embed.hub", "model.eval()\nre.compile('a')\nnp.load(path, allow_pickle=False)"),
        ("rag.rank", "def _f(self, x: int) -> None:\n    '''No public name.'''"),
    ],
)
def test_the_rules_let_good_code_pass(module: str, source: str) -> None:
    tree = ast.parse(f'"""Doc."""\n{source}')
    assert [broken for rule in RULES for broken in rule(tree, module)] == []
