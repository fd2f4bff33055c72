"""Who takes WeChat money for which school: one TOML file a merchant beside its keys, in the folder WECHAT_PAY_FOLDER.

Without the folder nobody does, and no page offers it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings

from afterschool.schools.models import School


@dataclass(frozen=True)
class Merchant:
    folder: Path
    mchid: str
    appid: str
    schools: frozenset[str]  # their codes
    serial: str  # of our certificate
    platform_serial: str  # of the platform's public key
    pay_url: str = "https://api.mch.weixin.qq.com"
    api_url: str = "https://api.weixin.qq.com"

    def _secret(self, name: str) -> bytes:
        return (self.folder / self.mchid / name).read_bytes()

    @cached_property
    def private_key(self) -> RSAPrivateKey:
        key = load_pem_private_key(self._secret("private_key.pem"), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{self.mchid}/private_key.pem is no RSA key")
        return key

    @cached_property
    def platform_key(self) -> RSAPublicKey:
        key = load_pem_public_key(self._secret("platform_key.pem"))
        if not isinstance(key, RSAPublicKey):
            raise TypeError(f"{self.mchid}/platform_key.pem is no RSA key")
        return key

    @cached_property
    def v3_key(self) -> bytes:
        return self._secret("v3_key").strip()

    @cached_property
    def app_secret(self) -> str:
        return self._secret("app_secret").decode().strip()


def merchant_of(school: School) -> Merchant | None:
    return next((one for one in merchants().values() if school.code in one.schools), None)


def merchant_named(mchid: str) -> Merchant | None:
    return merchants().get(mchid)


def merchants() -> dict[str, Merchant]:
    """All of them by number."""
    return _read(settings.WECHAT_PAY_FOLDER) if settings.WECHAT_PAY_FOLDER else {}


@cache
def _read(folder: str) -> dict[str, Merchant]:
    """Read once: who changes the files restarts the processes."""
    return {path.stem: _merchant(path) for path in sorted(Path(folder).glob("*.toml"))}


def _merchant(path: Path) -> Merchant:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Merchant(folder=path.parent, mchid=path.stem, **said | {"schools": frozenset(said["schools"])})
