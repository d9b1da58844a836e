namespace SigmoidApi.Inspection;

/// <summary>Answers of the service that the OpenAPI document shows; each belongs to an example of a request.</summary>
internal static class InspectionExamples
{
    public const string Summary = """
        {"model": {"name": "inspected", "version": 1}, "target": "spam", "classes": [0, 1], "converged": true, "penalty": "none", "observations": 8,
        "modelDegreesOfFreedom": 1, "residualDegreesOfFreedom": 6, "logLikelihood": -4.139456917425844, "nullLogLikelihood": -5.545177444479562,
        "likelihoodRatio": 2.811441054107437, "likelihoodRatioPValue": 0.09359426693499373, "mcFaddenR2": 0.25350325415702746, "coxSnellR2":
        0.2963189868039964, "nagelkerkeR2": 0.3950919824053285, "tjurR2": 0.29790686442090053, "pearsonChiSquared": 6.952934355881851, "deviance":
        8.278913834851688, "nullDeviance": 11.090354888959125, "aic": 12.278913834851688, "bic": 12.437796918211358, "confidenceLevel": 0.95,
        "covarianceType": "nonrobust", "parameters": [{"term": "intercept", "estimate": -1.4510353184374585, "standardError": 1.3146688782452194, "z":
        -1.103726833766885, "pValue": 0.2697116517906519, "confidenceInterval": [-4.027738971393761, 1.1256683345188445], "oddsRatio": 0.23432755882238068,
        "oddsRatioInterval": [0.01781456368981518, 3.082276152238784]}, {"term": "char_freq_!", "estimate": 6.043289334849865, "standardError":
        4.7929320194821665, "z": 1.2608752451078553, "pValue": 0.20735379836177648, "confidenceInterval": [-3.3506848036840093, 15.437263473383739],
        "oddsRatio": 421.2764777355586, "oddsRatioInterval": [0.03506033643053884, 5061955.724380681]}], "varianceInflation": [{"column": "char_freq_!",
        "degreesOfFreedom": 1, "value": 1, "adjusted": 1}]}
        """;

    public const string SummaryText = """
                                   Logit Regression Results
        ==============================================================================
        Dep. Variable:                   spam   No. Observations:                    8
        Model:                          Logit   Df Residuals:                        6
        Method:                           MLE   Df Model:                            1
        Date:                Tue, 01 Dec 2026   Pseudo R-squ.:                  0.2535
        Time:                        03:35:28   Log-Likelihood:                -4.1395
        converged:                       True   LL-Null:                       -5.5452
        Covariance Type:            nonrobust   LLR p-value:                   0.09359
        ===============================================================================
                          coef    std err          z      P>|z|      [0.025      0.975]
        -------------------------------------------------------------------------------
        intercept      -1.4510      1.315     -1.104      0.270      -4.028       1.126
        char_freq_!     6.0433      4.793      1.261      0.207      -3.351      15.437
        ===============================================================================
        """;

    public const string Influence = """
        {"model": {"name": "inspected", "version": 1}, "rows": [{"row": 6, "probability": 0.7243774852312471, "leverage": 0.310578612040263,
        "cooksDistance": 0.858662104848467, "pearson": -1.6211571878820175, "deviance": -1.6054426489499305, "standardizedPearson": -1.9524627187343808,
        "standardizedDeviance": -1.9335366999396921, "studentized": -1.939434489559647}, {"row": 7, "probability": 0.30012422453282395, "leverage":
        0.20920829521796142, "cooksDistance": 0.3900718460035094, "pearson": 1.5270735516194223, "deviance": 1.551488838669525, "standardizedPearson":
        1.7172317235110526, "standardizedDeviance": 1.7446873135948457, "studentized": 1.738979234117905}], "meanLeverage": 0.25, "sumCooksDistance":
        1.6894276849574692, "parameters": 2, "observations": 8}
        """;

    public const string Margins = """
        {"model": {"name": "inspected", "version": 1}, "method": "dydx", "at": "overall", "confidenceLevel": 0.95, "effects": [{"term": "char_freq_!",
        "isDiscrete": false, "effect": 1.0476571965804686, "standardError": 0.4453784881365247, "z": 2.3522851338507476, "pValue": 0.01865846606116674,
        "confidenceInterval": [0.1747314003439806, 1.9205829928169567]}]}
        """;

    public const string Tests = """
        {"model": {"name": "inspected", "version": 1}, "logLikelihood": -4.139456917425843, "tests": [{"column": "char_freq_!", "degreesOfFreedom": 1,
        "likelihoodRatio": 2.811441054107439, "pValue": 0.09359426693499406}]}
        """;

    public const string Comparison = """
        {"model": {"name": "inspected", "version": 1}, "with": {"name": "mails", "version": 1}, "intercept": {"model": -1.4510353184374585, "with":
        -1.973384067100719}, "coefficients": [{"term": "char_freq_!", "estimate": {"model": 6.043289334849865, "with": 1.6675758759605868}, "standardized":
        {"model": 1.7026103011365712, "with": 0.4698156429420522}, "difference": 4.375713458889278}, {"term": "word_freq_free", "estimate": {"model": null,
        "with": 1.7906578035868916}, "standardized": {"model": null, "with": 0.735247125094347}, "difference": null}, {"term": "capital_run_length",
        "estimate": {"model": null, "with": 0.030651056241905186}, "standardized": {"model": null, "with": 0.9158205289884008}, "difference": null}],
        "preparation": [{"column": "char_freq_!", "isSame": true, "model": {"name": "char_freq_!", "type": "number", "treatment": "number", "missing": 0,
        "present": 8, "fill": 0.275}, "with": {"name": "char_freq_!", "type": "number", "treatment": "number", "missing": 0, "present": 8, "fill": 0.275}},
        {"column": "word_freq_free", "isSame": false, "model": null, "with": {"name": "word_freq_free", "type": "number", "treatment": "number", "missing":
        0, "present": 8, "fill": 0.3875}}, {"column": "capital_run_length", "isSame": false, "model": null, "with": {"name": "capital_run_length", "type":
        "number", "treatment": "number", "missing": 0, "present": 8, "fill": 33}}], "metrics": {"model": {"training": {"logLoss": 0.5174321146782304,
        "rocAuc": 0.8125, "averagePrecision": 0.7708333333333333, "brier": 0.17768779932236098, "accuracy": 0.75, "precision": 0.75, "recall": 0.75, "f1":
        0.75, "matthewsCorrelation": 0.5, "expectedCalibrationError": 0.20710988296415556, "confusion": {"trueNegatives": 3, "falsePositives": 1,
        "falseNegatives": 1, "truePositives": 3}}, "validation": null}, "with": {"training": {"logLoss": 0.25654962964380273, "rocAuc": 1,
        "averagePrecision": 1, "brier": 0.06472941563323437, "accuracy": 0.875, "precision": 1, "recall": 0.75, "f1": 0.8571428571428571,
        "matthewsCorrelation": 0.7745966692414834, "expectedCalibrationError": 0.21169466038860782, "confusion": {"trueNegatives": 4, "falsePositives": 0,
        "falseNegatives": 1, "truePositives": 3}}, "validation": null}}}
        """;

    public const string Importance = """
        {"model": {"name": "inspected", "version": 1}, "datasetId": "01a22fd1-adb7-756c-8546-a773c8a77fe5", "rows": 8, "logLoss": 0.5174321146782304,
        "rocAuc": 0.8125, "repeats": 2, "columns": [{"column": "char_freq_!", "logLoss": 0.4532467001137399, "isExact": true,
        "logLossDeviation": 0.21366254346723404, "rocAuc": 0.421875, "rocAucStandardError": 0.015625}]}
        """;
}
