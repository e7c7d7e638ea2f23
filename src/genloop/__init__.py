"""The analytical solver for closed-loop generative learning.

Verbs and building blocks are here; result classes and specialities are in the namespaces. Every
name is loaded when it is first used, so that `import genloop` stays light; `__init__.pyi` lists
them.

Examples in help texts begin with `import genloop as gl`, `import jax`, `import jax.numpy as jnp`,
`import numpy as np` and are run in double precision (`with gl.x64():`); the comment behind their
last line is what it gives. A code such as [HD-9] is a theorem: `gl.answers.theory("HD-9")` states
it, `gl.verify("HD-9")` checks it.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
