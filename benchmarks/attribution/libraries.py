"""The same question to libraries made for it. They are no dependencies: what is not installed is not measured.

pyinfluence 0.5 knows two classes and equal weights, dattri 0.3 any loss that torch can differentiate. Both give the
infinitesimal influence: the first derivative, without the leverage that a whole record has on its own prediction.
"""

import importlib
import importlib.util
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.finding import Floats
from curation.rewards.model import Settings

if TYPE_CHECKING:
    from benchmarks.attribution.retraining import Problem

RIDGE = float(Settings().ridge)
NOTHING: Floats = np.zeros((0, 0))


def by_pyinfluence(one: "Problem") -> Floats:
    """What removing each record takes from each question's predicted probability, (q, n)."""
    if importlib.util.find_spec("pyinfluence") is None:
        return NOTHING
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (what this library explains)

    library: Any = importlib.import_module("pyinfluence")
    model = LogisticRegression(C=1 / RIDGE, fit_intercept=False, solver="newton-cholesky", tol=1e-10)
    rows = _with_constant(one.vectors)
    model.fit(rows, one.codes)
    explained = library.InfluenceFunctions(mode="prediction", damping=0.0).fit(model, rows, one.codes)
    # Of the second class's probability. The question's own slope is a factor that no correlation sees, its sign is not.
    found: Floats = explained.explain(_with_constant(one.questions)) * np.where(one.places == 1, 1.0, -1.0)[:, None]
    return found


def by_dattri(one: "Problem") -> Floats:
    """What removing each record takes from each question's logit, (q, n): the explicit inverse Hessian."""
    if importlib.util.find_spec("dattri") is None:
        return NOTHING
    torch: Any = importlib.import_module("torch")
    algorithm: Any = importlib.import_module("dattri.algorithm.influence_function")
    task: Any = importlib.import_module("dattri.task")
    head = torch.nn.Linear(one.vectors.shape[1] + 1, 1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        head.weight.copy_(torch.tensor(one.heads.coefficients[1:2]))

    def logits(parameters: Any, rows: Any) -> Any:
        return torch.func.functional_call(head, parameters, rows).reshape(-1)

    def loss(parameters: Any, data: Any) -> Any:
        rows, answers = data
        both = torch.nn.functional.binary_cross_entropy_with_logits
        return both(logits(parameters, rows), answers.reshape(-1), reduction="sum")

    def target(parameters: Any, data: Any) -> Any:
        return logits(parameters, data[0]).sum()

    def loader(rows: Floats, answers: Any) -> Any:
        pairs = torch.utils.data.TensorDataset(torch.tensor(rows), torch.tensor(answers, dtype=torch.float64))
        return torch.utils.data.DataLoader(pairs, batch_size=len(rows), shuffle=False)

    records = loader(_with_constant(one.vectors), one.codes)
    questions = loader(_with_constant(one.questions), one.places)
    what = task.AttributionTask(loss_func=loss, model=head, checkpoints=head.state_dict(), target_func=target)
    attributor = algorithm.IFAttributorExplicit(task=what, regularization=RIDGE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        attributor.cache(records)
        found: Floats = attributor.attribute(records, questions).detach().numpy().astype(np.float64).T
    # It gives zᵀH⁻¹∇ℓ, which is what removal adds to the second class's logit.
    return found * np.where(one.places == 1, -1.0, 1.0)[:, None]


def _with_constant(vectors: Any) -> Floats:
    return np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])
