namespace SigmoidApi.Compute.Calibration;

/// <summary>How log-odds are mapped to calibrated probabilities.</summary>
public enum CalibrationMethod
{
    /// <summary>A logistic function of the log-odds (J. Platt, 1999).</summary>
    Sigmoid,

    /// <summary>A step-wise linear function that does not fall (B. Zadrozny and C. Elkan, 2002).</summary>
    Isotonic,

    /// <summary>A logistic function of ln p and ln(1 − p) (M. Kull, T. M. Silva Filho and P. Flach, 2017).</summary>
    Beta,

    /// <summary>The log-odds divided by a temperature (C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, 2017).</summary>
    Temperature,
}
