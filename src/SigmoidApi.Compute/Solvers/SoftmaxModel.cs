using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The model of a softmax loss. With p the probabilities of a row, u = w·p/W, and T = Zd the changes of its margins, the derivative of the model in margin
/// o is uₒ(Tₒ − Σₗ pₗTₗ) more than at d = 0. The mean s = Σₗ pₗTₗ is kept for each row, so that neither a slope nor a change of a coefficient depends on the
/// number of outputs: each reads the entries of one column.
/// <para>
/// If the same number can be added to all intercepts, the objective's term ½·gauge·(Σ b)² is replaced by ½·gauge·(Σ d)² over the intercepts. So the model
/// has one minimum, and there the intercepts keep their sum.
/// </para>
/// </summary>
internal sealed class SoftmaxModel : ColumnModel
{
    private readonly WorkingSet _set;
    private readonly LogisticObjective _objective;

    /// <summary>u and T, and for the last step s its Zs, each a vector of the rows for each output; and a vector of the rows to work with.</summary>
    private readonly double[][] _weights;
    private readonly double[][] _margins;
    private readonly double[][] _step;
    private readonly double[] _vector;

    /// <summary>Σₗ pₗTₗ, and the same of the last step.</summary>
    private readonly double[] _means;
    private readonly double[] _stepMeans;
    private double[][] _probabilities = [];
    private double[] _gradient = [];

    /// <summary>Σ d over the intercepts, and the same of the last step.</summary>
    private double _sum;
    private double _stepSum;
    private double[] _diagonal = [];

    /// <param name="set">Z and the parameters.</param>
    /// <param name="objective">f</param>
    public SoftmaxModel(WorkingSet set, LogisticObjective objective)
    {
        double[][] Vectors() => [.. Enumerable.Range(0, objective.Outputs).Select(_ => new double[objective.Rows])];
        (_set, _objective, _weights, _margins, _step) = (set, objective, Vectors(), Vectors(), Vectors());
        (_means, _stepMeans, _vector) = (new double[objective.Rows], new double[objective.Rows], new double[objective.Rows]);
    }

    protected override double[] Diagonal => _diagonal;

    public override void Begin(RowPoint at, double[] gradient)
    {
        (_probabilities, _gradient) = (at.Probabilities, gradient);
        Array.Clear(_means);
        for (var o = 0; o < _weights.Length; o++)
        {
            Array.Clear(_margins[o]);
            for (var i = 0; i < _means.Length; i++)
            {
                var weight = _objective.RowWeights is { } weights ? weights[i] : 1;
                _weights[o][i] = weight > 0 ? weight * _probabilities[o][i] / _objective.TotalWeight : 0;
                _step[o][i] = _weights[o][i] * (_probabilities[o][i] > 0.5 ? at.Others[i] : 1 - _probabilities[o][i]);
            }
        }
        _diagonal = _set.Squares(_step);
        _sum = 0;
        for (var k = 0; k < _diagonal.Length; k++)
            _diagonal[k] += GaugeOf(k);
    }

    public override double[] Minimize(double[] weights, double[] l1, double[] l2, double tolerance, double share)
    {
        var values = base.Minimize(weights, l1, l2, tolerance, share);
        // The minimum is approximate. This part of the step is known, and changes no probability.
        for (var k = 0; k < values.Length; k++)
            values[k] -= GaugeOf(k) > 0 ? _sum / _margins.Length : 0;
        return values;
    }

    protected override double Slope(int coordinate)
    {
        var output = _set.OutputOf(coordinate);
        var slope = _set.Columns.Slope(_set.Places[coordinate], _weights[output], _margins[output], _means);
        return _gradient[coordinate] + slope + GaugeOf(coordinate) * _sum;
    }

    protected override void Slopes(int[] face, double[] slopes)
    {
        Products(face, _margins, _means, slopes);
        for (var k = 0; k < face.Length; k++)
            slopes[k] += _gradient[face[k]] + GaugeOf(face[k]) * _sum;
    }

    protected override void Move(int coordinate, double change)
    {
        var output = _set.OutputOf(coordinate);
        _set.Columns.Move(_set.Places[coordinate], change, _margins[output], _probabilities[output], _means);
        _sum += GaugeOf(coordinate) > 0 ? change : 0;
    }

    protected override void Multiply(int[] face, double[] step, double[] product)
    {
        _set.Multiply(face, step, _step);
        Array.Clear(_stepMeans);
        for (var o = 0; o < _step.Length; o++)
            ColumnKernels.AddProducts(_probabilities[o], _step[o], 1, _stepMeans);
        Products(face, _step, _stepMeans, product);
        _stepSum = 0;
        for (var k = 0; k < face.Length; k++)
            _stepSum += GaugeOf(face[k]) > 0 ? step[k] : 0;
        for (var k = 0; k < face.Length; k++)
            product[k] += GaugeOf(face[k]) * _stepSum;
    }

    protected override void MoveAlong(double length)
    {
        for (var o = 0; o < _step.Length; o++)
            RowKernels.AddScaled(_step[o], length, _margins[o]);
        RowKernels.AddScaled(_stepMeans, length, _means);
        _sum += length * _stepSum;
    }

    /// <summary>The gauge for an intercept, which is the first parameter of its output; otherwise 0.</summary>
    private double GaugeOf(int member) => _set.Places[member] == 0 ? _objective.Gauge : 0;

    /// <summary>Σ z · u · (margins − means) of each member of a face.</summary>
    private void Products(int[] face, double[][] margins, double[] means, double[] products) =>
        _set.ForOutputs(face, (output, first, places) =>
        {
            if (places.Length == 0)
                return;
            for (var i = 0; i < means.Length; i++)
                _vector[i] = _weights[output][i] * (margins[output][i] - means[i]);
            var ofOutput = new double[places.Length];
            _set.Columns.Products(places, _vector, ofOutput);
            ofOutput.CopyTo(products, first);
        });
}
