"""Signatures and seals of WeChat Pay's APIv3: RSA with SHA-256 over lines of text, AES-256-GCM around what is told."""

import base64
import binascii
import json
import secrets

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHM = "AEAD_AES_256_GCM"


class Forged(Exception):
    """The other side's key did not make this."""


def _lines(parts: tuple[str, ...]) -> bytes:
    """Every line ends, the last one too."""
    return "".join(f"{part}\n" for part in parts).encode()


def sign(key: RSAPrivateKey, *parts: str) -> str:
    return base64.b64encode(key.sign(_lines(parts), PKCS1v15(), SHA256())).decode()


def verify(key: RSAPublicKey, signature: str, *parts: str) -> None:
    """Raises Forged unless the holder of the key signed just these lines."""
    try:
        key.verify(base64.b64decode(signature, validate=True), _lines(parts), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as reason:
        raise Forged("the signature does not fit") from reason


def nonce() -> str:
    return secrets.token_hex(16)


def unseal(key: bytes, resource: dict) -> dict:
    """Open the `resource` of a call-back; only who holds the APIv3 key can have closed it."""
    try:
        if resource["algorithm"] != ALGORITHM:
            raise Forged(f"sealed with {resource['algorithm']}")
        closed = base64.b64decode(resource["ciphertext"])
        around = resource.get("associated_data", "").encode()
        told = json.loads(AESGCM(key).decrypt(resource["nonce"].encode(), closed, around))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidTag) as reason:
        raise Forged("the seal does not open") from reason
    if not isinstance(told, dict):
        raise Forged("nothing is said under the seal")
    return told
