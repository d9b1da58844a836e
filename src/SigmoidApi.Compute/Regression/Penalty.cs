namespace SigmoidApi.Compute.Regression;

/// <summary>What keeps the coefficients small.</summary>
public enum Penalty
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>‖w‖₁</summary>
    L1,

    /// <summary>½‖w‖²</summary>
    L2,

    /// <summary>l1Ratio·‖w‖₁ + ½(1 − l1Ratio)‖w‖²</summary>
    ElasticNet,

    /// <summary>−½ log |I(w)|, Firth's: finite estimates on separated data, and less bias on small ones.</summary>
    Firth,
}
