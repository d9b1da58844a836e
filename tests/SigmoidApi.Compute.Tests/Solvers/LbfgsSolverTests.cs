using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Solvers;

public class LbfgsSolverTests : SolverContract
{
    protected override LogisticOptions Options => new() { Solver = Solver.Lbfgs, C = 0.5, Tolerance = 1e-11 };
}
