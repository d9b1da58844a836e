using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The memory that a fit takes, estimated before any row is read. All folds and all points of a path use the same rows.</summary>
/// <param name="InMemory">Bytes, with the matrix in memory.</param>
/// <param name="Streamed">Bytes, with the matrix read from disk in each pass.</param>
internal sealed record MemoryEstimate(long InMemory, long Streamed)
{
    /// <summary>Hessians, their factors, and the matrices of inference.</summary>
    private const int SquareMatrices = 6;

    /// <summary>Vectors of a fit over working sets, and for each point of its path: parameters, coefficients in both units, gradients.</summary>
    private const int Vectors = 12;

    private const int VectorsOfAPoint = 4;

    /// <summary>Vectors of all classes' parameters: steps that a solver remembers, and the sums of the threads.</summary>
    private const int VectorsOfClasses = 64;

    /// <summary>Numbers for each row and class: margins and probabilities, and with a validation also those of the rows held out.</summary>
    private const int Scores = 2;

    private const int ScoresWithValidation = 7;

    /// <summary>Numbers for each row and pair of its class and another, in a search for a separation.</summary>
    private const int NumbersOfAPair = 10;

    /// <summary>Numbers for each row and class of a softmax fit over working sets: margins, derivatives and those of its model.</summary>
    private const int NumbersOfAnOutput = 10;

    /// <param name="dataset">The rows to fit to. Rows without a target are counted too.</param>
    /// <param name="request">With its features named.</param>
    public static MemoryEstimate Of(Dataset dataset, TrainingRequest request)
    {
        var (numbers, codes, terms, entries, isPrepared) = (0L, 0L, 0L, 0L, false);
        foreach (var (column, isCategory, preparation) in RequestedFeature.Of(request, dataset))
        {
            var indicators = preparation.MissingIndicator && column.Missing > 0 ? 1 : 0;
            (numbers, codes) = isCategory ? (numbers, codes + 1) : (numbers + 1, codes);
            terms += indicators + (isCategory ? Math.Min(column.Distinct, preparation.MaxLevels) + 1 : 1);
            entries += indicators + 1;
            isPrepared |= isCategory || column.Missing > 0;
        }

        var (design, isSparse) = isPrepared ? Preparation.DesignRow(terms, entries) : (0, false);
        var held = sizeof(int) * codes + sizeof(double) * OtherNumbers(request);
        var (classes, bytesOfARow) = (ClassesOf(dataset, request), isSparse ? design : sizeof(double) * terms);
        var work = classes > 2
            ? WorkOfClasses(dataset.Rows, classes, terms + 1, bytesOfARow, isSparse, request)
            : Work(dataset.Rows, terms + 1, bytesOfARow, isSparse, request);
        // The fit to all rows keeps its rounded rows while a fold has its own.
        var rounded = isSparse || request.EffectivePenalty is Penalty.L1 or Penalty.Firth ? 0
            : DenseRows.RoundedBytes(dataset.Rows, terms) * (request is { Validation: null, Calibration: null } ? 1 : 2);
        return new(dataset.Rows * (sizeof(double) * numbers + design + held) + work + rounded, dataset.Rows * ((isSparse ? design : 0) + held) + work)
        {
            Classes = classes,
        };
    }

    /// <summary>The estimate for rows in the request, which are always in memory.</summary>
    public static MemoryEstimate Of(InlineRows data, TrainingRequest request)
    {
        var (held, classes) = (2L * data.Values.Length, data.CountClasses());
        var work = classes > 2 ? WorkOfClasses(data.Rows, classes, data.Columns + 1, sizeof(double) * data.Columns, isSparse: false, request) : 0;
        return new(held + work, held + work) { Classes = classes };
    }

    /// <summary>The classes of the target, at least 2.</summary>
    public long Classes { get; private init; } = 2;

    /// <summary>
    /// A fit of more than two classes holds numbers for each row and class that are not read from disk. If the machine has no memory for them, the fit must
    /// not begin: it could end the process.
    /// </summary>
    /// <param name="available">The machine's memory for this process, in bytes.</param>
    /// <exception cref="UntrainableDataException"><c>too_many_classes</c></exception>
    public void RequireRoom(long available)
    {
        if (Classes > 2 && Streamed > available)
        {
            throw new UntrainableDataException("too_many_classes",
                $"A fit of {Classes} classes takes about {Streamed / 1_000_000} MB for these rows and columns, even with its rows read from disk, but there "
                + $"are {available / 1_000_000} MB; use fewer rows, classes or columns.");
        }
    }

    /// <summary>How the fit runs under a limit, and the memory that it then takes.</summary>
    public (MemoryMode Mode, long Bytes) Under(long limit) => InMemory <= limit ? (MemoryMode.InMemory, InMemory) : (MemoryMode.Streamed, Streamed);

    /// <summary>
    /// What a solver needs besides the rows. A fit over working sets copies columns, at most all: how many an l1 penalty leaves is known only afterwards.
    /// </summary>
    private static long Work(long rows, long parameters, long bytesOfARow, bool isSparse, TrainingRequest request)
    {
        var isByCoordinates = request.Solver == Solver.CoordinateDescent || request.EffectivePenalty is Penalty.L1 or Penalty.ElasticNet;
        if (!isByCoordinates || !ProximalNewton.SuitsColumns(rows, parameters, isSparse))
            return SquareMatrices * sizeof(double) * parameters * parameters;
        long points = (request.Cs?.Length ?? 1) * (request.L1Ratios?.Length ?? 1);
        return rows * bytesOfARow + (Vectors + VectorsOfAPoint * points) * sizeof(double) * parameters;
    }

    private static long ClassesOf(Dataset dataset, TrainingRequest request) =>
        Math.Max(2, dataset.Columns.FirstOrDefault(column => column.Name == request.Target)?.Distinct ?? 2);

    /// <summary>The same for more than two classes, which have a vector of parameters each, and with one-vs-rest a fit each.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="classes">K</param>
    /// <param name="parameters">The length of a vector.</param>
    /// <param name="bytesOfARow">The bytes of a row of the design.</param>
    /// <param name="isSparse">Whether the design is sparse.</param>
    /// <param name="request">The request.</param>
    private static long WorkOfClasses(long rows, long classes, long parameters, long bytesOfARow, bool isSparse, TrainingRequest request)
    {
        var (isOneVsRest, penalty) = (request.MultiClass == MultiClass.OneVsRest, request.EffectivePenalty);
        long points = (request.Cs?.Length ?? 1) * (request.L1Ratios?.Length ?? 1);
        var ofFit = isOneVsRest ? parameters : parameters * (penalty == Penalty.None ? classes - 1 : classes);
        var scores = (request is { Validation: null, Calibration: null } ? Scores : ScoresWithValidation) * sizeof(double) * rows * classes;
        var vectors = (VectorsOfClasses + VectorsOfAPoint * points) * sizeof(double) * parameters * classes;
        var squares = SquareMatrices * sizeof(double) * ofFit * ofFit;
        if (penalty == Penalty.None)
        {
            // Beyond this size there is neither Newton's method nor inference.
            var pairs = isOneVsRest ? rows : Math.Min(rows * (classes - 1), ClassSeparation.MaxNumbers / ofFit);
            return Math.Max(scores, NumbersOfAPair * sizeof(double) * pairs) + vectors + (ofFit <= NewtonSolver.MaxDimension ? squares : 0);
        }

        var isByCoordinates = request.Solver == Solver.CoordinateDescent || penalty is Penalty.L1 or Penalty.ElasticNet;
        if (!isByCoordinates)
        {
            var hasHessian = request.Solver == Solver.Newton ? ofFit <= NewtonSolver.MaxDimension : request.Solver == Solver.Auto && NewtonSolver.Suits(ofFit);
            return scores + vectors + (hasHessian ? squares : 0);
        }

        if (!isOneVsRest && ProximalNewton.SuitsColumns(rows, ofFit, isSparse, classes))
            return scores + vectors + rows * (bytesOfARow + NumbersOfAnOutput * sizeof(double) * classes);
        if (!isOneVsRest)
            return scores + vectors + (ofFit <= ProximalNewton.MostForGramOfClasses ? squares : SquareMatrices * sizeof(double) * parameters * parameters);
        // Each fit keeps its state for the next point of a path.
        return scores + vectors + (points > 1 ? classes : 1)
            * (ProximalNewton.SuitsColumns(rows, parameters, isSparse) ? rows * (bytesOfARow + NumbersOfAPair * sizeof(double)) : squares);
    }

    /// <summary>The numbers that are kept for each row besides its features.</summary>
    private static int OtherNumbers(TrainingRequest request)
    {
        // The columns read, the labels, and at the end margins and sorted probabilities, for the scores.
        var count = request.OtherColumns.Count() + 3;
        count += request.ClassWeight is null ? 0 : 1;
        // Weights of the rows trained on, row numbers of both parts, margins and labels of the rows held out.
        count += request is { Validation: null, Calibration: null } ? 0 : 5;
        // The terms of a likelihood and of its information.
        count += request.EffectivePenalty is Penalty.None or Penalty.Firth ? 4 : 0;
        return count;
    }
}
