"""The LaTeX of statements as plain Unicode for a terminal; documents keep the LaTeX."""

import re
import unicodedata

_LATIN = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
    "tau phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega"
)
_GREEK = dict(zip(_LATIN.split(), "αβγδεεζηθκλμνξπρστφφχψωΓΔΘΛΣΦΨΩ", strict=True))
_SIGNS = {
    **{"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈"},
    **{"simeq": "≃", "sim": "~", "propto": "∝", "equiv": "≡", "ll": "≪", "gg": "≫", "pm": "±"},
    **{"to": "→", "mapsto": "↦", "infty": "∞", "partial": "∂", "nabla": "∇", "cdot": "·"},
    **{"times": "×", "circ": "∘", "dots": "...", "cdots": "...", "ldots": "...", "in": "∈"},
    **{"notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "sum": "Σ", "prod": "Π", "int": "∫"},
    **{"langle": "⟨", "rangle": "⟩", "ell": "ℓ", "top": "ᵀ", "odot": "⊙", "otimes": "⊗"},
    **{"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "mid": "|", "iff": "⇔"},
    **{"Rightarrow": "⇒", "quad": " ", "qquad": " ", "wedge": "∧", "vee": "∨", "setminus": "∖"},
    **{",": " ", ";": " ", ":": " ", " ": " ", "!": "", "|": "‖", "{": "{", "}": "}", "\\": " "},
    **{"%": "%", "_": "_", "&": "&", "#": "#", "$": "", "prime": "′", "forall": "∀"},
}
_SIZES = re.compile(r"\\(left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits)(?![a-zA-Z])\.?")
_NAMES = ("mathrm", "operatorname", "text", "mathbb", "mathcal", "mathbf", "boldsymbol", "textrm")
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "dot": "\u0307", "bar": "\u0304"}
_ACCENTS |= {"widehat": "\u0302", "overline": "\u0304", "vec": "\u20d7"}
_UP = dict(zip("0123456789+-=()niTt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵗ", strict=True)) | {"ᵀ": "ᵀ", "′": "′"}
_DOWN = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_TOKEN = re.compile(r"\\([a-zA-Z]+|.)|(\{)|(\})|([\^_])|(.)", re.DOTALL)


def plain(text: str) -> str:
    """`text` with every formula between dollars in Unicode."""
    parts = re.split(r"\$\$?", text)
    return "".join(_formula(part) if index % 2 else part for index, part in enumerate(parts))


def _formula(text: str) -> str:
    tokens = [match.groups() for match in _TOKEN.finditer(_SIZES.sub("", text))]
    return re.sub(r"(?<=\S) {2,}", " ", _group(tokens[::-1]))


def _group(tokens: list) -> str:
    """The text before the closing brace; consumes it. The tokens come last first."""
    found = ""
    while tokens:
        if tokens[-1][2]:
            tokens.pop()
            break
        script = tokens[-1][3]
        if script is None:
            found += _one(tokens)
            continue
        tokens.pop()
        found = found.rstrip() + _script(_argument(tokens), script)
    return found


def _one(tokens: list) -> str:
    """The next sign, command with its arguments, or group in braces."""
    if not tokens:
        return ""
    command, opening, _, _, sign = tokens.pop()
    if opening:
        return _group(tokens)
    return (sign or "") if command is None else _command(command, tokens)


def _argument(tokens: list) -> str:
    while tokens and (tokens[-1][4] or "").isspace():
        tokens.pop()
    return _one(tokens)


def _command(name: str, tokens: list) -> str:
    if name in ("frac", "tfrac", "dfrac"):
        above, below = _argument(tokens), _argument(tokens)
        return f"{_bracketed(above)}/{_bracketed(below)}"
    if name == "binom":
        return f"C({_argument(tokens)}, {_argument(tokens)})"
    if name == "sqrt":
        return f"√{_bracketed(_argument(tokens))}"
    if name in _NAMES:
        return _argument(tokens)
    if name in _ACCENTS:
        return unicodedata.normalize("NFC", _argument(tokens) + _ACCENTS[name])
    return _GREEK.get(name) or _SIGNS.get(name, name)


def _script(text: str, kind: str) -> str:
    table = _UP if kind == "^" else _DOWN
    if text and all(sign in table for sign in text):
        return "".join(table[sign] for sign in text)
    return f"{kind}{_bracketed(text)}"


def _bracketed(text: str) -> str:
    """`text` in parentheses unless it is one number, name or bracket."""
    text = text.strip()
    simple = re.fullmatch(r"[\w.′∞*ᵀ²³¹⁰-⁹₀-₉ₐ-ₜᵢ-ᵥⱼ\u0300-\u036f]+", text)
    return text if simple or _enclosed(text) else f"({text})"


def _enclosed(text: str) -> bool:
    """Whether the bracket that opens the text closes at its end."""
    if not text or text[0] not in "([" or text[-1] not in ")]":
        return False
    depth = 0
    for index, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0:
            return index == len(text) - 1
    return False
