namespace SigmoidApi.Compute.Regression;

/// <summary>The term of the objective that keeps the coefficients small.</summary>
public enum Penalty
{
    /// <summary>No penalty.</summary>
    None,

    /// <summary>‖w‖₁</summary>
    L1,

    /// <summary>½‖w‖²</summary>
    L2,

    /// <summary>l1Ratio·‖w‖₁ + ½(1 − l1Ratio)‖w‖²</summary>
    ElasticNet,

    /// <summary>Firth's penalty −½ log |I(w)|: finite estimates on separated data, and less bias on small data.</summary>
    Firth,
}
