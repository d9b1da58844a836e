namespace SigmoidApi.Compute.Solvers;

/// <summary>The algorithm that finds the minimum.</summary>
public enum Solver
{
    /// <summary>The solver that suits the problem.</summary>
    Auto,

    /// <summary>The article's algorithm: full batches on the mean loss, with a fixed step.</summary>
    GradientDescent,

    /// <summary>Newton's method with a factorised Hessian.</summary>
    Newton,

    /// <summary>Limited-memory BFGS: no Hessian, for many columns.</summary>
    Lbfgs,

    /// <summary>Proximal Newton steps that minimise quadratic models one coordinate at a time: for l1 and elastic net.</summary>
    CoordinateDescent,
}
