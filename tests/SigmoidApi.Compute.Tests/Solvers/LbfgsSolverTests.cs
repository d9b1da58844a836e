using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class LbfgsSolverTests : SolverContract
{
    protected override LogisticOptions Options => new() { Solver = Solver.Lbfgs, C = 0.5, Tolerance = 1e-11 };
}
