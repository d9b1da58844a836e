namespace SigmoidApi.Compute.Passes;

/// <summary>
/// Copies of some columns as a solver sees them: standardised, and the intercept's ones. A solver that changes one coefficient at a time reads a column
/// in each step, and a matrix is stored by rows. Results have the same bits on any number of threads.
/// <para>
/// It also holds the slopes of a quadratic model of the loss, ½dᵀZᵀdiag(v)Zd + rᵀZd, as the numbers q = r + v∘(Zd) of the rows: the model's slope in
/// coefficient k is zₖᵀq.
/// </para>
/// <para>
/// Order of calls: <see cref="Select"/> first; <see cref="Begin"/> before <see cref="Slope(int)"/> and the methods that move the model. With several outputs
/// for each row the model's numbers are the caller's.
/// </para>
/// </summary>
internal abstract class ColumnCopies(int rows, ThreadCrew crew)
{
    /// <summary>With fewer multiplications than this, starting the other threads takes longer than they save.</summary>
    private const long SmallestShared = 1 << 17;

    /// <summary>Columns that a thread takes at a time: a multiple of four, because the kernels take four at once.</summary>
    private const int ColumnsAtOnce = 16;

    public int Rows { get; } = rows;

    /// <summary>The parameters of the selected columns.</summary>
    public int[] Parameters { get; private set; } = [];

    /// <summary>Σ v·z² of each selected column.</summary>
    public double[] Diagonal { get; private set; } = [];

    protected ThreadCrew Crew { get; } = crew;

    /// <summary>Selects columns. Those that are not held yet are copied; the others may be dropped if there are many.</summary>
    /// <param name="parameters">In rising order.</param>
    /// <param name="cancellationToken">Checked during the copy.</param>
    public void Select(int[] parameters, CancellationToken cancellationToken)
    {
        if (parameters.AsSpan().SequenceEqual(Parameters))
            return;
        Hold(parameters, cancellationToken);
        (Parameters, Diagonal) = (parameters, new double[parameters.Length]);
    }

    /// <summary><paramref name="sums"/> = Σ factors[m] · z of these columns.</summary>
    public abstract void Multiply(int[] members, double[] factors, double[] sums);

    /// <summary>products[m] = z · <paramref name="vector"/> for these columns.</summary>
    public void Products(int[] members, double[] vector, double[] products)
    {
        Prepare(vector);
        Share(members.Length, EntriesOf(members), ColumnsAtOnce, (first, count) =>
            Products(members.AsSpan(first, count), vector, products.AsSpan(first, count)));
    }

    /// <summary>sums[m] = Σ weights · z² of these columns.</summary>
    public void Squares(int[] members, double[] weights, double[] sums) => Share(members.Length, EntriesOf(members), ColumnsAtOnce, (first, count) =>
        Squares(members.AsSpan(first, count), weights, sums.AsSpan(first, count)));

    /// <summary>For several outputs: Σ z · weights · (margins − means) of a column.</summary>
    public abstract double Slope(int member, double[] weights, double[] margins, double[] means);

    /// <summary>For several outputs: margins += change · z, and means += change · probabilities · z.</summary>
    public abstract void Move(int member, double change, double[] margins, double[] probabilities, double[] means);

    /// <summary>Starts a model at d = 0.</summary>
    /// <param name="residuals">r</param>
    /// <param name="curvatures">v; not copied.</param>
    public void Begin(double[] residuals, double[] curvatures)
    {
        Start(residuals, curvatures);
        Share(Parameters.Length, EntriesOf(null), ColumnsAtOnce, (first, count) => Curve(first, count, Diagonal.AsSpan(first, count)));
    }

    /// <summary>The model's slope in coefficient <paramref name="member"/>.</summary>
    public abstract double Slope(int member);

    /// <summary>Adds to d in coefficient <paramref name="member"/>.</summary>
    public abstract void Move(int member, double change);

    /// <summary>Adds a multiple of a step s to d.</summary>
    /// <param name="length">The factor.</param>
    /// <param name="margins">Zs</param>
    public abstract void Move(double length, double[] margins);

    /// <summary>The model's slopes in these coefficients.</summary>
    public abstract void Slopes(int[] members, double[] slopes);

    /// <summary>How many columns are kept for later selections; with more, all are copied again.</summary>
    protected static int MostHeld(int selected) => selected + selected / 2 + 256;

    protected abstract void Hold(int[] parameters, CancellationToken cancellationToken);

    protected abstract void Start(double[] residuals, double[] curvatures);

    protected abstract void Curve(int first, int count, Span<double> diagonal);

    protected abstract void Squares(ReadOnlySpan<int> members, double[] weights, Span<double> sums);

    /// <summary>Called before <see cref="Products(ReadOnlySpan{int}, double[], Span{double})"/> with the same vector.</summary>
    protected virtual void Prepare(double[] vector)
    {
    }

    protected abstract void Products(ReadOnlySpan<int> members, double[] vector, Span<double> products);

    /// <summary>How many numbers these columns, or all, have.</summary>
    protected abstract long EntriesOf(int[]? members);

    /// <summary>Calls <paramref name="body"/>(first, count) for parts of <paramref name="count"/> items, on the crew if there is enough work.</summary>
    protected void Share(int count, long entries, int part, Action<int, int> body)
    {
        if (entries < SmallestShared)
        {
            body(0, count);
            return;
        }
        Crew.Run((count + part - 1) / part, (item, _) => body(item * part, Math.Min(part, count - item * part)));
    }
}
