"""The one place that makes legal C identifiers, legal in C99 and in C++ alike."""

from __future__ import annotations

import re
import unicodedata

# ISO/IEC 9899:2011 section 6.4.1 and ISO/IEC 14882:2020 section 5.11, with the alternative tokens.
_WORDS = """
    _Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert
    _Thread_local alignas alignof and and_eq asm auto bitand bitor bool break case catch char
    char8_t char16_t char32_t class co_await co_return co_yield compl concept const const_cast
    consteval constexpr constinit continue decltype default delete do double dynamic_cast else enum
    explicit export extern false float for friend goto if inline int long mutable namespace new
    noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast
    struct switch template this thread_local throw true try typedef typeid typename union unsigned
    using virtual void volatile wchar_t while xor xor_eq
"""
RESERVED_WORDS = frozenset(_WORDS.split())

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Symbols stay readable in a linker map; a longer name is cut.
_PREFIX_LENGTH = 48


def is_identifier(text: str) -> bool:
    """True if the text can name an object in C and in C++."""
    return bool(_IDENTIFIER.fullmatch(text)) and text not in RESERVED_WORDS


def c_prefix(name: str) -> str:
    """The prefix of all symbols of a model: lower case, ASCII, no reserved form.

    Accents are dropped and everything else that C does not know becomes one underscore. `ef_`
    belongs to the kernels, and words such as `int` or names that begin with a digit cannot begin a
    symbol; these are put behind `model_`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    prefix = "_".join(words)
    if not prefix:
        return "model"
    if prefix[0].isdigit() or prefix in RESERVED_WORDS or words[0] == "ef":
        prefix = f"model_{prefix}"
    return prefix[:_PREFIX_LENGTH].rstrip("_")


class Names:
    """Names of one C scope; a second wish for the same name gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, wish: str) -> str:
        """The wish with what C forbids replaced, or the first free of wish_2, wish_3, ..."""
        name = re.sub(r"[^A-Za-z0-9_]", "_", wish)
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{name}_{number}"
        self._taken.add(candidate)
        return candidate
