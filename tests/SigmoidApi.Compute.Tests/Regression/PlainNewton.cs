namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Newton's method as in a textbook: unscaled rows, linear equations solved by elimination, and no code shared with the tested solvers.</summary>
internal static class PlainNewton
{
    /// <summary>The maximum and I⁻¹ there. If there is an intercept, each row includes a 1 for it.</summary>
    public static (double[] Estimates, double[][] Covariance) Fit(double[][] rows, double[] labels, double[] weights)
    {
        var order = rows[0].Length;
        var estimates = new double[order];
        for (var iteration = 0; iteration < 50; iteration++)
        {
            var (gradient, information) = Derivatives(rows, labels, weights, estimates);
            var inverse = Invert(information);
            for (var i = 0; i < order; i++)
                estimates[i] += inverse[i].Zip(gradient, (a, b) => a * b).Sum();
        }
        return (estimates, Invert(Derivatives(rows, labels, weights, estimates).Information));
    }

    private static (double[] Gradient, double[][] Information) Derivatives(double[][] rows, double[] labels, double[] weights, double[] estimates)
    {
        var order = estimates.Length;
        var (gradient, information) = (new double[order], estimates.Select(_ => new double[order]).ToArray());
        for (var r = 0; r < rows.Length; r++)
        {
            var probability = 1 / (1 + Math.Exp(-rows[r].Zip(estimates, (x, b) => x * b).Sum()));
            for (var i = 0; i < order; i++)
            {
                gradient[i] += weights[r] * (labels[r] - probability) * rows[r][i];
                for (var j = 0; j < order; j++)
                    information[i][j] += weights[r] * probability * (1 - probability) * rows[r][i] * rows[r][j];
            }
        }
        return (gradient, information);
    }

    /// <summary>Gauss–Jordan elimination with the largest pivot of each column.</summary>
    private static double[][] Invert(double[][] matrix)
    {
        var order = matrix.Length;
        var rows = matrix.Select((row, i) => (double[])[.. row, .. Enumerable.Range(0, order).Select(j => i == j ? 1.0 : 0)]).ToArray();
        for (var k = 0; k < order; k++)
        {
            var pivot = Enumerable.Range(k, order - k).MaxBy(i => Math.Abs(rows[i][k]));
            (rows[k], rows[pivot]) = (rows[pivot], rows[k]);
            rows[k] = [.. rows[k].Select(value => value / rows[k][k])];
            for (var i = 0; i < order; i++)
            {
                if (i != k)
                    rows[i] = [.. rows[i].Zip(rows[k], (value, of) => value - rows[i][k] * of)];
            }
        }
        return [.. rows.Select(row => row[order..])];
    }
}
