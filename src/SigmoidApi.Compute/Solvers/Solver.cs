namespace SigmoidApi.Compute.Solvers;

/// <summary>How the minimum is found.</summary>
public enum Solver
{
    /// <summary>The solver that suits the problem.</summary>
    Auto,

    /// <summary>The article's: full batch on the mean loss, fixed step.</summary>
    GradientDescent,

    /// <summary>Newton's method, its Hessian factorised.</summary>
    Newton,

    /// <summary>Limited-memory BFGS: no Hessian, for many columns.</summary>
    Lbfgs,

    /// <summary>Proximal Newton steps whose quadratic models are minimised a coordinate at a time: for l1 and elastic net.</summary>
    CoordinateDescent,
}
