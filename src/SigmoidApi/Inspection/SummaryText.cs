using System.Globalization;
using System.Text;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Inspection;

/// <summary>Writes a summary as plain text, in the layout of statsmodels' table, or as Markdown.</summary>
internal static class SummaryText
{
    private const int Width = 78;

    /// <summary>The width of the names of terms; longer names make the table of parameters wider.</summary>
    private const int NameWidth = 10;

    private const int NumberWidth = 10;

    /// <summary>The table that statsmodels' <c>summary()</c> prints; odds ratios without inference, for which it has no table.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="createdAt">When the fit ended.</param>
    public static string Plain(FitSummary summary, DateTimeOffset createdAt)
    {
        var title = summary.Classes.Count > 2 ? "MNLogit Regression Results" : "Logit Regression Results";
        var text = new StringBuilder();
        Line(text, title.PadLeft((Width + title.Length) / 2));
        Line(text, new string('=', Width));
        var left = new[]
        {
            ("Dep. Variable:", summary.Target ?? "labels"),
            ("Model:", summary.Classes.Count > 2 ? "MNLogit" : "Logit"),
            ("Method:", MethodOf(summary)),
            ("Date:", createdAt.UtcDateTime.ToString("ddd, dd MMM yyyy", CultureInfo.InvariantCulture)),
            ("Time:", createdAt.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)),
            ("converged:", summary.Converged ? "True" : "False"),
            ("Covariance Type:", summary.CovarianceType is { } type ? EnumNames.Of(type) : ""),
        };
        var right = new[]
        {
            ("No. Observations:", Whole(summary.Observations)),
            ("Df Residuals:", Whole(summary.ResidualDegreesOfFreedom)),
            ("Df Model:", Whole(summary.ModelDegreesOfFreedom)),
            ("Pseudo R-squ.:", General(summary.McFaddenR2, 4)),
            ("Log-Likelihood:", General(summary.LogLikelihood, 5)),
            ("LL-Null:", General(summary.NullLogLikelihood, 5)),
            ("LLR p-value:", General(summary.LikelihoodRatioPValue, 4)),
        };
        foreach (var ((name, value), (otherName, other)) in left.Zip(right))
            Line(text, $"{name,-19}{value,18}   {otherName,-21}{other,17}");

        var names = summary.Parameters.Select(parameter => parameter.Term.Length)
            .Concat(summary.Parameters.Select(parameter => HeaderOf(summary, parameter).Length)).Append(NameWidth).Max();
        string[] headers = summary.CovarianceType is null ? ["coef", "exp(coef)"] : ["coef", "std err", "z", "P>|z|", .. Bounds(summary)];
        var width = Math.Max(Width, names + headers.Index().Sum(header => WidthOf(header.Index) + 1));
        string? before = null;
        foreach (var parameter in summary.Parameters)
        {
            var label = HeaderOf(summary, parameter);
            if (label != before)
            {
                Line(text, new string('=', width));
                Line(text, HeaderOf(summary, parameter).PadRight(names) + Cells(headers));
                Line(text, new string('-', width));
                before = label;
            }

            string[] cells = summary.CovarianceType is null
                ? [Coefficient(parameter.Estimate), Coefficient(parameter.OddsRatio)]
                :
                [
                    Coefficient(parameter.Estimate), Number(parameter.StandardError), Number(parameter.Z), PValue(parameter.PValue),
                    Number(parameter.ConfidenceInterval?[0]), Number(parameter.ConfidenceInterval?[1]),
                ];
            Line(text, parameter.Term.PadRight(names) + Cells(cells));
        }

        Line(text, new string('=', width));
        return text.ToString();
    }

    /// <summary>A table of the parameters and one of the fit's figures.</summary>
    public static string Markdown(FitSummary summary)
    {
        var text = new StringBuilder();
        Line(text, $"# {summary.Model.Name} {summary.Model.Version.ToString(CultureInfo.InvariantCulture)}");
        Line(text, "");
        var hasClasses = summary.Classes.Count > 2;
        var hasInference = summary.CovarianceType is not null;
        var bounds = hasInference ? Bounds(summary) : [];
        string[] headers =
        [
            .. hasClasses ? ["class"] : (string[])[], "term", "estimate",
            .. hasInference ? ["std. error", "z", "p", bounds[0], bounds[1]] : (string[])[], "odds ratio", .. bounds,
        ];
        Row(text, headers);
        Row(text, [.. headers.Select(header => header is "class" or "term" ? "---" : "---:")]);
        foreach (var parameter in summary.Parameters)
        {
            string[] ofInference = hasInference
                ?
                [
                    Number(parameter.StandardError), Number(parameter.Z), PValue(parameter.PValue), Number(parameter.ConfidenceInterval?[0]),
                    Number(parameter.ConfidenceInterval?[1]),
                ]
                : [];
            string[] ofOdds = hasInference ? [Coefficient(parameter.OddsRatioInterval?[0]), Coefficient(parameter.OddsRatioInterval?[1])] : [];
            Row(text,
            [
                .. hasClasses ? [Escaped(parameter.Class?.ToString() ?? "")] : (string[])[], Escaped(parameter.Term), Coefficient(parameter.Estimate),
                .. ofInference, Coefficient(parameter.OddsRatio), .. ofOdds,
            ]);
        }

        (string Name, string Value)[] figures =
        [
            ("observations", Whole(summary.Observations)), ("log-likelihood", General(summary.LogLikelihood, 6)),
            ("null log-likelihood", General(summary.NullLogLikelihood, 6)), ("likelihood ratio", General(summary.LikelihoodRatio, 6)),
            ("p of the likelihood ratio", General(summary.LikelihoodRatioPValue, 4)), ("McFadden's R²", General(summary.McFaddenR2, 4)),
            ("Cox and Snell's R²", General(summary.CoxSnellR2, 4)), ("Nagelkerke's R²", General(summary.NagelkerkeR2, 4)),
            ("Tjur's R²", General(summary.TjurR2, 4)), ("Pearson's χ²", General(summary.PearsonChiSquared, 6)),
            ("deviance", General(summary.Deviance, 6)), ("AIC", General(summary.Aic, 6)), ("BIC", General(summary.Bic, 6)),
        ];
        Table(text, "figure", "value", [.. figures.Where(figure => figure.Value.Length > 0)]);
        Table(text, "column", "GVIF^(1/2df)",
            [.. (summary.VarianceInflation ?? []).Select(one => (Escaped(one.Column), General(one.Adjusted, 4)))]);
        return text.ToString();
    }

    /// <summary>The header of the parameters of a class; empty with two classes.</summary>
    private static string HeaderOf(FitSummary summary, FittedParameter parameter) =>
        parameter.Class is { } label ? $"{summary.Target ?? "labels"}={label}" : "";

    private static string Cells(string[] cells) => string.Concat(cells.Select((cell, i) => " " + cell.PadLeft(WidthOf(i))));

    /// <summary>The bounds, after the first four numbers, are one character wider.</summary>
    private static int WidthOf(int cell) => cell < 4 ? NumberWidth : NumberWidth + 1;

    private static string MethodOf(FitSummary summary) => summary.Penalty switch
    {
        null or Compute.Regression.Penalty.None => "MLE",
        { } penalty => EnumNames.Of(penalty),
    };

    private static string[] Bounds(FitSummary summary)
    {
        var tail = (1 - (summary.ConfidenceLevel ?? 0.95)) / 2;
        return [$"[{Share(tail)}", $"{Share(1 - tail)}]"];

        // As Python writes it: 0.025, 0.05.
        static string Share(double share) => Math.Round(share, 6).ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static void Table(StringBuilder text, string first, string second, (string, string)[] rows)
    {
        if (rows.Length == 0)
            return;
        Line(text, "");
        Row(text, [first, second]);
        Row(text, ["---", "---:"]);
        foreach (var (name, value) in rows)
            Row(text, [name, value]);
    }

    private static void Row(StringBuilder text, string[] cells) => Line(text, $"| {string.Join(" | ", cells)} |");

    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');

    /// <summary>A name in a cell, without what Markdown would read as the end of the cell or of the row.</summary>
    private static string Escaped(string name) =>
        name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' ');

    private static string Whole(double? value) => value is { } number ? number.ToString("0.######", CultureInfo.InvariantCulture) : "";

    /// <summary>Four decimals; four significant digits for a very large or small number.</summary>
    private static string Coefficient(double? value) => Decimals(value, 4, significant: 4);

    /// <summary>Three decimals; three significant digits for a very large or small number.</summary>
    private static string Number(double? value) => Decimals(value, 3, significant: 3);

    private static string PValue(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";

    private static string Decimals(double? value, int decimals, int significant) => value switch
    {
        null => "",
        // Python's %g, which leaves out zeros at the end.
        { } number when Math.Abs(number) is >= 1e4 or < 1e-4 => Scientific(number, significant, keepZeros: false),
        { } number => number.ToString($"F{decimals}", CultureInfo.InvariantCulture),
    };

    /// <summary>This many significant digits, with zeros at the end: Python's <c>%#.4g</c>.</summary>
    private static string General(double? value, int digits) => value is { } number ? Scientific(number, digits, keepZeros: true) : "";

    private static string Scientific(double number, int digits, bool keepZeros)
    {
        if (number == 0)
            return keepZeros ? 0.0.ToString($"F{digits - 1}", CultureInfo.InvariantCulture) : "0";
        var written = number.ToString($"E{digits - 1}", CultureInfo.InvariantCulture);
        var at = written.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(written.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var isPlain = exponent >= -4 && exponent < digits;
        var mantissa = isPlain ? number.ToString($"F{digits - 1 - exponent}", CultureInfo.InvariantCulture) : written[..at];
        if (!keepZeros && mantissa.Contains('.', StringComparison.Ordinal))
            mantissa = mantissa.TrimEnd('0').TrimEnd('.');
        return isPlain ? mantissa : string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
