from .accumulation import (
    Accumulation as Accumulation,
    CommonEnd as CommonEnd,
    CommonThresholds as CommonThresholds,
    Workflows as Workflows,
    accumulation as accumulation,
)
from .answer import Answer as Answer
from .bounds import Bounds as Bounds, bounds as bounds
from .curation import (
    Curation as Curation,
    GroupOfCurators as GroupOfCurators,
    RewardClass as RewardClass,
)
from .diagrams import (
    BranchDiagram as BranchDiagram,
    LoopDiagram as LoopDiagram,
    PhaseDiagram as PhaseDiagram,
    branch_diagram as branch_diagram,
    loop_branches as loop_branches,
    loop_diagram as loop_diagram,
    phase_diagram as phase_diagram,
)
from .extinction import (
    Extinctions as Extinctions,
    TokenLoss as TokenLoss,
    extinction as extinction,
)
from .fixed_points import (
    FixedPoints as FixedPoints,
    GaussianMoments as GaussianMoments,
    OutcomePoint as OutcomePoint,
    TablePoint as TablePoint,
    fixed_points as fixed_points,
)
from .installation import (
    Installation as Installation,
    SmokeSolve as SmokeSolve,
    installation as installation,
)
from .kernels import KernelFixedPoints as KernelFixedPoints, KernelPoint as KernelPoint
from .plans import Limit as Limit, Plan as Plan, Spending as Spending, plan as plan
from .profiles import Criterion as Criterion, Profile as Profile, profile as profile
from .propagation import (
    Amount as Amount,
    Rise as Rise,
    SyntheticAmount as SyntheticAmount,
    synthetic_amount as synthetic_amount,
)
from .real_data import RealData as RealData, RealOutcomes as RealOutcomes, RealTable as RealTable
from .replays import Replay as Replay, Replays as Replays, replay as replay
from .retraining import (
    Retraining as Retraining,
    RetrainingPoint as RetrainingPoint,
    SufficientCondition as SufficientCondition,
    retraining as retraining,
)
from .simulations import (
    KernelSimulation as KernelSimulation,
    Simulation as Simulation,
    Statistic as Statistic,
    simulation as simulation,
)
from .table_accumulation import (
    KeptTable as KeptTable,
    TableAccumulation as TableAccumulation,
    table_accumulation as table_accumulation,
)
from .theory import (
    FalseNeighbour as FalseNeighbour,
    Statement as Statement,
    Theory as Theory,
    select as select,
    theory as theory,
)
from .thresholds import (
    KernelThresholds as KernelThresholds,
    LoopThresholds as LoopThresholds,
    OutcomeThresholds as OutcomeThresholds,
    TableStanding as TableStanding,
    TableThresholds as TableThresholds,
    Threshold as Threshold,
    Thresholds as Thresholds,
    composed_threshold as composed_threshold,
    outcome_threshold as outcome_threshold,
    sampling as sampling,
    table_threshold as table_threshold,
    threshold as threshold,
)
from .variance_loss import (
    LevelLoss as LevelLoss,
    VarianceLosses as VarianceLosses,
    variance_loss as variance_loss,
)
from .verification import Verification as Verification, verification as verification
