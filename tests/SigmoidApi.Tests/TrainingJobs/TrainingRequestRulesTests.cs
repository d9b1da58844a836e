using System.Net;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class TrainingRequestRulesTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Data = """ "data": { "features": [[1, 2], [3, 4], [5, 7]], "labels": [0, 1, 0] }""";
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("""{ "target": "y" }""", "datasetId", "expected the id or name of a data set, or 'data' instead")]
    [InlineData("""{ "target": "y", "datasetId": "" }""", "datasetId", "expected the id or name of a data set, or 'data' instead")]
    [InlineData("""{ "datasetId": "mails" }""", "target", "expected the name of the column to predict")]
    [InlineData("""{ "datasetId": "mails", "target": "" }""", "target", "expected the name of the column to predict")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": [] }""", "features", "expected at least one column, got none")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": ["a", "b", "a"] }""", "features", "expected each column once")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": ["a", "y"] }""", "features", "expected columns other than the target")]
    public async Task DataSetAndItsColumnsAreRequired(string request, string path, string message)
    {
        (await _api.Post("training-jobs", request)).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "datasetId": "mails" """, "datasetId", "expected either 'datasetId' or 'data', got both")]
    [InlineData(""" "target": "y" """, "target", "expected no target with 'data', whose 'labels' are the target")]
    [InlineData(""" "features": ["a"] """, "features", "expected no names of features with 'data', whose columns are x1, x2, …")]
    [InlineData(""" "positiveClass": "yes" """, "positiveClass", "expected 0 or 1, the labels of 'data', got 'yes'", HttpStatusCode.UnprocessableEntity)]
    [InlineData(""" "positiveClass": "NaN" """, "positiveClass", "expected 0 or 1, the labels of 'data', got 'NaN'", HttpStatusCode.UnprocessableEntity)]
    [InlineData(""" "positiveClass": "2" """, "positiveClass", "expected 0 or 1, the labels of 'data', got '2'", HttpStatusCode.UnprocessableEntity)]
    [InlineData(""" "modelName": "" """, "modelName",
        "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got ''")]
    [InlineData(""" "modelName": "a b" """, "modelName",
        "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got 'a b'")]
    [InlineData(""" "modelName": "../x" """, "modelName",
        "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got '../x'")]
    [InlineData(""" "modelName": "0199c0a8-0000-7000-8000-000000000000" """, "modelName",
        "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got '0199c0a8-0000-7000-8000-000000000000'")]
    [InlineData(""" "c": 0 """, "c", "expected a finite number above 0, got 0")]
    [InlineData(""" "c": -1 """, "c", "expected a finite number above 0, got -1")]
    [InlineData(""" "c": "NaN" """, "c", "expected a finite number above 0, got NaN")]
    [InlineData(""" "c": "Infinity" """, "c", "expected a finite number above 0, got Infinity")]
    [InlineData(""" "l1Ratio": -0.5 """, "l1Ratio", "expected a number from 0 to 1, got -0.5")]
    [InlineData(""" "l1Ratio": "NaN" """, "l1Ratio", "expected a number from 0 to 1, got NaN")]
    [InlineData(""" "l1Ratio": 0, "penalty": "none" """, "penalty", "expected 'l2' or nothing with an l1Ratio of 0, got 'none'")]
    [InlineData(""" "l1Ratio": 1, "penalty": "l2" """, "penalty", "expected 'l1' or nothing with an l1Ratio of 1, got 'l2'")]
    [InlineData(""" "l1Ratio": 0.5, "penalty": "l1" """, "penalty", "expected 'elasticnet' or nothing with an l1Ratio of 0.5, got 'l1'")]
    [InlineData(""" "l1Ratio": 0.5, "penalty": "firth" """, "penalty", "expected 'elasticnet' or nothing with an l1Ratio of 0.5, got 'firth'")]
    [InlineData(""" "penalty": "elasticnet" """, "l1Ratio", "expected a number from 0 to 1 with the penalty 'elasticnet', got null")]
    [InlineData(""" "penalty": "elastic_net" """, "penalty",
        "expected one of none, l1, l2, elasticnet, firth, got the string \"elastic_net\"; did you mean 'elasticnet'?")]
    [InlineData(""" "maxIterations": 0 """, "maxIterations", "expected a whole number from 1 to 1000000, got 0")]
    [InlineData(""" "maxIterations": 1000001 """, "maxIterations", "expected a whole number from 1 to 1000000, got 1000001")]
    [InlineData(""" "tolerance": -1e-9 """, "tolerance", "expected a finite number of at least 0, got -1E-09")]
    [InlineData(""" "tolerance": "Infinity" """, "tolerance", "expected a finite number of at least 0, got Infinity")]
    [InlineData(""" "learningRate": 0 """, "learningRate", "expected a finite number above 0, got 0")]
    [InlineData(""" "learningRate": "NaN" """, "learningRate", "expected a finite number above 0, got NaN")]
    [InlineData(""" "initialWeights": [1, "NaN"] """, "initialWeights", "expected finite numbers")]
    [InlineData(""" "initialWeights": [1] """, "initialWeights", "expected a weight for each of the 2 columns, got 1")]
    [InlineData(""" "validation": { "holdout": 0 } """, "validation.holdout", "expected a share of the rows above 0 and below 1, got 0")]
    [InlineData(""" "validation": { "holdout": 1 } """, "validation.holdout", "expected a share of the rows above 0 and below 1, got 1")]
    [InlineData(""" "validation": { "holdout": null } """, "validation", "expected either 'holdout' or 'folds', got neither")]
    [InlineData(""" "validation": {} """, "validation", "expected either 'holdout' or 'folds', got neither")]
    [InlineData(""" "validation": { "holdout": 0.2, "folds": 5 } """, "validation", "expected either 'holdout' or 'folds', got both")]
    [InlineData(""" "validation": { "folds": 1 } """, "validation.folds", "expected a whole number from 2 to 100, got 1")]
    [InlineData(""" "validation": { "folds": 101 } """, "validation.folds", "expected a whole number from 2 to 100, got 101")]
    [InlineData(""" "validation": { "folds": 2 }, "penalty": "firth" """, "validation.folds", "expected no folds with the penalty 'firth'")]
    [InlineData(""" "solver": "sgd" """, "solver", "expected one of auto, gradient_descent, newton, lbfgs, coordinate_descent, got the string \"sgd\"")]
    [InlineData(""" "fitIntercept": 1 """, "fitIntercept", "expected true or false, got 1")]
    [InlineData(""" "standardize": "true" """, "standardize", "expected true or false, got the string \"true\"")]
    [InlineData(""" "seed": 0.5 """, "seed", "expected an integer from -9223372036854775808 to 9223372036854775807, got 0.5")]
    [InlineData(""" "learning_rate": 0.1 """, "learning_rate", "unknown field; did you mean 'learningRate'?")]
    public async Task FieldWithInlineDataIsChecked(string field, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, {{field}} }""")).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData("""{ "features": [], "labels": [] }""", "data.features", "expected at least one row of at least one number")]
    [InlineData("""{ "features": [[1], ["-Infinity"]], "labels": [0, 1] }""", "data.features[1][0]", "expected a finite number, got -Infinity")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0] }""", "data.labels", "expected a label for each of the 2 rows, got 1")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, "NaN"] }""", "data.labels[1]", "expected a finite number, got NaN")]
    [InlineData("""{ "features": [[1], [2]], "labels": [null, 1] }""", "data.labels[0]", "expected a number, text, true or false, got null")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, null] }""", "data.labels[1]", "expected a number, like the first label, got null")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, "1"] }""", "data.labels[1]", "expected a number, like the first label, got a text")]
    [InlineData("""{ "features": [[1], [2]], "labels": ["no", true] }""", "data.labels[1]", "expected a text, like the first label, got true or false")]
    [InlineData("""{ "features": [[1], [2]], "labels": [true, 0] }""", "data.labels[1]", "expected true or false, like the first label, got a number")]
    [InlineData("""{ "features": [[1], [2]], "labels": [[0], [1]] }""", "data.labels[0]", "expected a number, text, true, false or null, got an array")]
    [InlineData("""{ "features": [[1], [2]], "labels": [9007199254740993, 0] }""", "data.labels[0]",
        "expected a number, text, true or false, got an integer beyond 2⁵³, which must be written as a text")]
    [InlineData("""{ "features": [[1], [2]], "labels": "no" }""", "data.labels", "expected an array of numbers, of texts, or of true and false, got a string")]
    [InlineData("""{ "features": [[1], [2]] }""", "data.labels", "required, but missing")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "sampleWeight": [1] }""", "data.sampleWeight",
        "expected a weight for each of the 2 rows, got 1")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "sampleWeight": [1, -1] }""", "data.sampleWeight[1]",
        "expected a finite number of at least 0, got -1")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "sampleWeight": ["Infinity", 1] }""", "data.sampleWeight[0]",
        "expected a finite number of at least 0, got Infinity")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "sampleWeight": "w" }""", "data.sampleWeight", "expected an array of numbers, got a string")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "sampleWeight": [0, 0] }""", "data.sampleWeight",
        "expected a weight above 0, got only 0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "clusters": [1, 2] }""", "data.clusters",
        "expected nothing with the covarianceType 'nonrobust'; clusters are for 'cluster'")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "weights": [1] }""", "data.weights", "unknown field")]
    [InlineData("""{ "features": [[1], [2]], "labels": [1, 1] }""", "data.labels",
        "expected labels of at least two classes, got only 1", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "features": [[1], [2], [3]], "labels": [0, 1, 0.5] }""", "data.labels",
        "expected labels of classes, but they have numbers that are not whole, such as 0.5; a classifier predicts classes: add a column that names the class "
        + "of each row, and upload that (such as 1 above a threshold and 0 below it)", HttpStatusCode.UnprocessableEntity)]
    public async Task InlineDataAreChecked(string data, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""{ "data": {{data}} }""")).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData("newton", "l1", "expected auto or coordinate_descent with the penalty 'l1', got newton")]
    [InlineData("lbfgs", "l1", "expected auto or coordinate_descent with the penalty 'l1', got lbfgs")]
    [InlineData("gradient_descent", "l1", "expected auto or coordinate_descent with the penalty 'l1', got gradient_descent")]
    [InlineData("newton", "elasticnet", "expected auto or coordinate_descent with the penalty 'elasticnet', got newton")]
    [InlineData("coordinate_descent", "firth", "expected auto or newton with the penalty 'firth', got coordinate_descent")]
    [InlineData("lbfgs", "firth", "expected auto or newton with the penalty 'firth', got lbfgs")]
    [InlineData("gradient_descent", "firth", "expected auto or newton with the penalty 'firth', got gradient_descent")]
    public async Task SolverMustSuitThePenalty(string solver, string penalty, string message)
    {
        var l1Ratio = penalty == "elasticnet" ? """, "l1Ratio": 0.5""" : "";

        (await _api.Post("training-jobs", $$"""{ {{Data}}, "solver": "{{solver}}", "penalty": "{{penalty}}"{{l1Ratio}} }"""))
            .Error().ShouldBe(("solver", message));
    }

    [Theory]
    [InlineData(""" "cs": 5, "c": 1 """, "cs", "expected either 'c' or 'cs', got both")]
    [InlineData(""" "cs": 1 """, "cs", "expected a whole number of at least 2, or an array of numbers, got 1")]
    [InlineData(""" "cs": -3 """, "cs", "expected a whole number of at least 2, or an array of numbers, got -3")]
    [InlineData(""" "cs": 2.5 """, "cs", "expected a whole number of values, or an array of them, got a number")]
    [InlineData(""" "cs": "10" """, "cs", "expected a whole number of values, or an array of them, got a string")]
    [InlineData(""" "cs": [] """, "cs", "expected at least one number, got none")]
    [InlineData(""" "cs": [1, 0] """, "cs[1]", "expected a finite number above 0, got 0")]
    [InlineData(""" "cs": [1, "Infinity"] """, "cs[1]", "expected a finite number above 0, got Infinity")]
    [InlineData(""" "cs": [1, null] """, "cs[1]", "expected a number, got null")]
    [InlineData(""" "cs": [1, 10, 1] """, "cs", "expected each number once")]
    [InlineData(""" "cs": 1001 """, "cs", "expected a path of at most 1000 points, got 1001")]
    [InlineData(""" "cs": 501, "l1Ratios": [0.5, 1] """, "cs", "expected a path of at most 1000 points, got 1002")]
    [InlineData(""" "cs": 2147483647, "l1Ratios": [0, 1] """, "cs", "expected a path of at most 1000 points, got 4294967294")]
    [InlineData(""" "cs": 5, "penalty": "none" """, "cs", "expected no path with the penalty 'none', which has no c")]
    [InlineData(""" "cs": 5, "penalty": "firth" """, "cs", "expected no path with the penalty 'firth', which has no c")]
    [InlineData(""" "cs": 5, "solver": "gradient_descent" """, "solver", "expected another solver than gradient_descent for a path")]
    [InlineData(""" "l1Ratios": [0.5, 1], "l1Ratio": 0.5 """, "l1Ratios", "expected either 'l1Ratio' or 'l1Ratios', got both")]
    [InlineData(""" "l1Ratios": [0.5, 1.5] """, "l1Ratios[1]", "expected a number from 0 to 1, got 1.5")]
    [InlineData(""" "l1Ratios": [] """, "l1Ratios", "expected at least one number, got none")]
    [InlineData(""" "l1Ratios": [0.5, 1], "penalty": "l1" """, "penalty", "expected 'elasticnet' or nothing with 'l1Ratios', got 'l1'")]
    [InlineData(""" "l1Ratios": [0.5, 1], "solver": "newton" """, "solver", "expected auto or coordinate_descent with the penalty 'elasticnet', got newton")]
    [InlineData(""" "selection": "best", "cs": 5 """, "selection", "expected nothing without a 'validation', by which to choose from the path")]
    [InlineData(""" "selection": "one_standard_error" """, "selection", "expected 'best' or nothing without a path ('cs' or 'l1Ratios') to choose from")]
    [InlineData(""" "selection": "one_standard_error", "validation": { "folds": 2 } """, "selection",
        "expected 'best' or nothing without a path ('cs' or 'l1Ratios') to choose from")]
    [InlineData(""" "selection": "one_standard_error", "cs": 5, "validation": { "holdout": 0.5 } """, "selection",
        "expected 'best' with a holdout: only 'validation.folds' have a standard error")]
    [InlineData(""" "selection": "last" """, "selection", "expected one of best, one_standard_error, got the string \"last\"")]
    public async Task PathIsChecked(string field, string path, string message)
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, {{field}} }""")).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData("\"equal\"", "classWeight", "expected \"balanced\" or an object with a weight for each label, got a string")]
    [InlineData("2", "classWeight", "expected \"balanced\" or an object with a weight for each label, got a number")]
    [InlineData("""{ "1": "two" }""", "classWeight.1", "expected a number, got a string")]
    [InlineData("""{ "1": 2, "1": 3 }""", "classWeight.1", "expected once, got more than once")]
    [InlineData("""{ "1": 2, "1.0": 3 }""", "classWeight", "expected each label once", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "0": 2, "1": -1 }""", "classWeight.1", "expected a finite number of at least 0, got -1")]
    [InlineData("""{ "0": "Infinity" }""", "classWeight.0", "expected a finite number of at least 0, got Infinity")]
    [InlineData("""{ "spam": 2 }""", "classWeight",
        "expected weights for 0 and 1, the labels of 'data', got one for 'spam'", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "0": 1, "1": 2, "2": 3 }""", "classWeight",
        "expected weights for 0 and 1, the labels of 'data', got one for '2'", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "0": 1, "2": 2 }""", "classWeight",
        "expected weights for 0 and 1, the labels of 'data', got one for '2'", HttpStatusCode.UnprocessableEntity)]
    public async Task ClassWeightIsBalancedOrAWeightForEachLabel(
        string classWeight, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, "classWeight": {{classWeight}} }""")).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "sampleWeight": "w" """, "sampleWeight", "expected no name of a column with 'data', whose 'sampleWeight' has the weights")]
    [InlineData(""" "sampleWeight": [1, 1, 1] """, "sampleWeight", "expected a string, got an array")]
    [InlineData(""" "clusterBy": "g" """, "clusterBy", "expected no name of a column with 'data', whose 'clusters' has the clusters")]
    [InlineData(""" "covarianceType": "HC2" """, "covarianceType", "expected one of nonrobust, HC0, HC1, cluster, got the string \"HC2\"; did you mean 'HC0'?")]
    [InlineData(""" "covarianceType": "HC0" """, "covarianceType", "expected 'nonrobust' with the penalty 'l2', got 'HC0', which is for the penalty 'none'")]
    [InlineData(""" "covarianceType": "HC1", "penalty": "firth" """, "covarianceType",
        "expected 'nonrobust' with the penalty 'firth', got 'HC1', which is for the penalty 'none'")]
    [InlineData(""" "covarianceType": "cluster", "penalty": "none" """, "data.clusters", "expected a number for each row for the covarianceType 'cluster'")]
    [InlineData(""" "intervals": "bootstrap", "penalty": "firth" """, "intervals", "expected one of profile, wald, none, got the string \"bootstrap\"")]
    [InlineData(""" "intervals": "wald" """, "intervals",
        "expected nothing with the penalty 'l2', whose coefficients have no intervals; they are for the penalties 'none' and 'firth'")]
    [InlineData(""" "intervals": "none", "penalty": "l1" """, "intervals",
        "expected nothing with the penalty 'l1', whose coefficients have no intervals; they are for the penalties 'none' and 'firth'")]
    [InlineData(""" "intervals": "profile", "penalty": "none" """, "intervals",
        "expected 'wald' or 'none' with the penalty 'none', got 'profile', which is for the penalty 'firth'")]
    [InlineData(""" "confidenceLevel": 0 """, "confidenceLevel", "expected a number above 0 and below 1, got 0")]
    [InlineData(""" "confidenceLevel": 1 """, "confidenceLevel", "expected a number above 0 and below 1, got 1")]
    [InlineData(""" "confidenceLevel": "NaN" """, "confidenceLevel", "expected a number above 0 and below 1, got NaN")]
    public async Task InferenceMustSuitThePenalty(string field, string path, string message)
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, {{field}} }""")).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData("[1, 2]", "data.clusters", "expected a cluster for each of the 3 rows, got 2")]
    [InlineData("""[1, 2, "NaN"]""", "data.clusters[2]", "expected a finite number, got NaN")]
    [InlineData("[7, 7, 7]", "data.clusters", "expected at least two different clusters, got only 7", HttpStatusCode.UnprocessableEntity)]
    public async Task ClustersAreAtLeastTwo(string clusters, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""
            { "data": { "features": [[1], [2], [3]], "labels": [0, 1, 0], "clusters": {{clusters}} }, "penalty": "none", "covarianceType": "cluster" }
            """)).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "sampleWeight": "y" """, "sampleWeight", "expected a column that is neither the target nor a feature, got 'y'")]
    [InlineData(""" "sampleWeight": "" """, "sampleWeight", "expected a column that is neither the target nor a feature, got ''")]
    [InlineData(""" "sampleWeight": "w", "features": ["a", "w"] """, "sampleWeight", "expected a column that is neither the target nor a feature, got 'w'")]
    [InlineData(""" "clusterBy": "y", "penalty": "none", "covarianceType": "cluster" """, "clusterBy",
        "expected a column that is neither the target nor a feature, got 'y'")]
    [InlineData(""" "clusterBy": "g", "penalty": "none", "covarianceType": "HC1" """, "clusterBy",
        "expected nothing with the covarianceType 'HC1', got 'g'; clusters are for 'cluster'")]
    [InlineData(""" "penalty": "none", "covarianceType": "cluster" """, "clusterBy", "expected a column of the data set for the covarianceType 'cluster'")]
    public async Task ColumnOfWeightsOrClustersIsNeitherTargetNorFeature(string field, string path, string message)
    {
        (await _api.Post("training-jobs", $$"""{ "datasetId": "mails", "target": "y", {{field}} }""")).Error().ShouldBe((path, message));
    }

    [Fact]
    public async Task LimitsOfPathsAndFoldsAreSettings()
    {
        await using var small = new TestApplication { Settings = { ["Training:MaxPathPoints"] = "3", ["Training:MaxFolds"] = "2" } };

        (await small.Api.Post("training-jobs", $$"""{ {{Data}}, "cs": [1, 2, 3, 4] }""")).Error()
            .ShouldBe(("cs", "expected a path of at most 3 points, got 4"));
        (await small.Api.Post("training-jobs", $$"""{ {{Data}}, "l1Ratios": [0, 0.2, 0.4, 0.6] }""")).Error()
            .ShouldBe(("l1Ratios", "expected a path of at most 3 points, got 4"));
        (await small.Api.Post("training-jobs", $$"""{ {{Data}}, "validation": { "folds": 3 } }""")).Error()
            .ShouldBe(("validation.folds", "expected a whole number from 2 to 2, got 3"));
    }

    [Fact]
    public async Task RefusedRequestStoresNoJob()
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, "c": 0, "modelName": "-" }""")).Problem(HttpStatusCode.BadRequest).Errors!.Keys
            .ShouldBe(["modelName", "c"]);

        (await _api.Get("training-jobs")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await _api.Get("training-jobs/latest")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no training job 'latest'.");
    }
}
