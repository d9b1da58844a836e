using System.Globalization;
using System.Net;
using System.Text;

namespace SigmoidApi.Tests.TrainingJobs.Fitting;

/// <summary>
/// Real data, from upload to the prediction of held-out rows, with the default preparation, compared with scikit-learn's usual pipeline.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class HeldOutTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const uint Quarter = 1u << 30;

    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("credit.csv", "Status", "bad", 0.83505)]
    [InlineData("churn.csv", "churn", "yes", 0.82072)]
    [InlineData("house-votes.csv", "Class", "republican", 0.99815)]
    public async Task DefaultsHaveTheTermsCoefficientsAndAucOfTheUsualPipeline(string file, string target, string positive, double theirs)
    {
        var lines = await File.ReadAllLinesAsync(ReferenceData.PathOf(file), TestContext.Current.CancellationToken);
        var isHeldOut = lines.Skip(1).Select((_, i) => unchecked((uint)i * 2654435761u) < Quarter).ToArray();
        string Part(bool heldOut) => string.Join('\n', lines.Skip(1).Where((_, i) => isHeldOut[i] == heldOut).Prepend(lines[0])) + "\n";
        var name = Path.GetFileNameWithoutExtension(file);
        await _api.Upload($"name={name}", Part(heldOut: false));
        var model = await _api.TrainModel(new { datasetId = name, target, positiveClass = positive });

        var expected = ReferenceData.Json("preparation.json").EnumerateArray().Single(entry => entry.GetProperty("file").GetString() == file);
        model.GetProperty("classes")[1].GetString().ShouldBe(positive);
        var coefficients = model.GetProperty("coefficients").EnumerateArray().ToArray();
        coefficients.Select(coefficient => coefficient.GetProperty("term").GetString())
            .ShouldBe(expected.GetProperty("terms").EnumerateArray().Select(term => term.GetString()));
        foreach (var (ours, scikitLearns) in coefficients.Zip(expected.Numbers("coefficients")))
            ours.GetProperty("standardized").GetDouble().ShouldBe(scikitLearns, 1e-6 * (1 + Math.Abs(scikitLearns)));
        foreach (var column in model.GetProperty("preparation").EnumerateArray())
        {
            var fill = expected.GetProperty("fills").GetProperty(column.GetProperty("name").GetString()!);
            if (column.GetProperty("treatment").GetString() == "number")
                column.GetProperty("fill").GetDouble().ShouldBe(fill.GetDouble(), 1e-12 * Math.Abs(fill.GetDouble()));
            else
                column.GetProperty("fillLevel").GetString().ShouldBe(fill.GetString());
        }

        var answer = (await _api.PostBytes($"models/{name}/predict", Encoding.UTF8.GetBytes(Part(heldOut: true)), "text/csv")).Expect(HttpStatusCode.OK);

        answer.Headers.Contains("Unknown-Columns").ShouldBeFalse();
        var rows = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToArray();
        var place = Array.IndexOf([.. rows[0].Select(cell => cell.Trim('"'))], target);
        rows[0][^2..].ShouldBe(["probability", "label"]);
        rows.Length.ShouldBe(isHeldOut.Count(heldOut => heldOut) + 1);
        var scored = rows.Skip(1)
            .Select(row => (Probability: double.Parse(row[^2], CultureInfo.InvariantCulture), IsPositive: row[place].Trim('"') == positive)).ToArray();
        var auc = Auc(scored);
        auc.ShouldBeGreaterThan(theirs - 0.002);
        auc.ShouldBe(expected.GetProperty("rocAuc").GetDouble(), 1e-9);
        foreach (var row in rows.Skip(1))
            (row[^1] == positive).ShouldBe(double.Parse(row[^2], CultureInfo.InvariantCulture) >= 0.5);
    }

    /// <summary>The share of pairs of a positive and a negative row that are in the right order, where a tie counts one half.</summary>
    private static double Auc((double Probability, bool IsPositive)[] rows)
    {
        var positives = rows.Where(row => row.IsPositive).Select(row => row.Probability).ToArray();
        var negatives = rows.Where(row => !row.IsPositive).Select(row => row.Probability).ToArray();
        return positives.Sum(p => negatives.Sum(n => p > n ? 1 : p == n ? 0.5 : 0)) / positives.Length / negatives.Length;
    }
}
