using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>A model of the loss whose H is never computed: each slope is a product of a column with numbers of the rows.</summary>
internal abstract class ColumnModel : QuadraticModel
{
    /// <summary>The model for this number of outputs.</summary>
    public static ColumnModel Of(LogisticObjective objective, WorkingSet set) =>
        objective.Outputs == 1 ? new MarginModel(set.Columns) : new SoftmaxModel(set, objective);

    /// <summary>Starts at d = 0.</summary>
    /// <param name="at">The rows' derivatives; not copied.</param>
    /// <param name="gradient">The slopes in the parameters of the set.</param>
    public abstract void Begin(RowPoint at, double[] gradient);
}

/// <summary>With one output H = Zᵀdiag(v)Z.</summary>
/// <param name="columns">Z, with a model begun.</param>
internal sealed class MarginModel(ColumnCopies columns) : ColumnModel
{
    private readonly double[] _margins = new double[columns.Rows];
    private readonly double[] _weighted = new double[columns.Rows];
    private double[] _curvatures = [];

    protected override double[] Diagonal => columns.Diagonal;

    public override void Begin(RowPoint at, double[] gradient) => Begin(at.Residuals[0], at.Curvatures);

    /// <summary>Starts at d = 0.</summary>
    /// <param name="residuals">The rows' first derivatives.</param>
    /// <param name="curvatures">The rows' second derivatives; not copied.</param>
    public void Begin(double[] residuals, double[] curvatures)
    {
        _curvatures = curvatures;
        columns.Begin(residuals, curvatures);
    }

    protected override double Slope(int coordinate) => columns.Slope(coordinate);

    protected override void Slopes(int[] face, double[] slopes) => columns.Slopes(face, slopes);

    protected override void Move(int coordinate, double change) => columns.Move(coordinate, change);

    protected override void Multiply(int[] face, double[] step, double[] product)
    {
        columns.Multiply(face, step, _margins);
        for (var i = 0; i < _weighted.Length; i++)
            _weighted[i] = _curvatures[i] * _margins[i];
        columns.Products(face, _weighted, product);
    }

    protected override void MoveAlong(double length) => columns.Move(length, _margins);
}
