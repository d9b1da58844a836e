using SigmoidApi.Benchmarks;

return args.FirstOrDefault() switch
{
    "elementwise" => Elementwise.Run(args[1..]),
    "elementwise-widths" => Elementwise.RunWidths(args[1..]),
    "kernels" => Kernels.Run(args[1..]),
    "serving" => await Serving.RunAsync(args[1..]),
    "json" => JsonNumbers.Run(args[1..]),
    "datasets" => await DatasetFlow.RunAsync(args[1..]),
    "jobs" => await Jobs.RunAsync(args[1..]),
    "responsiveness" => await Responsiveness.RunAsync(args[1..]),
    "stream" => await Streaming.RunAsync(args[1..]),
    "fit" => Fit.RunDense(args[1..]),
    "sparse" => Fit.RunSparse(args[1..]),
    "comparison" => Comparison.Run(args[1..]),
    "scaling" => Scaling.Run(),
    "mlnet" => MlNet.Run(args[1..]),
    "gaps" => Gaps.Run(args[1..]),
    "path" => args.Any(argument => argument.StartsWith("--", StringComparison.Ordinal)) ? L1Path.Run(args[1..]) : Fit.RunPath(args[1..]),
    "inference" => Fit.RunInference(args[1..]),
    "multinomial" => Multinomial.Run(args[1..]),
    "evaluation" => Evaluations.Run(args[1..]),
    "problem" => ProblemArrays.Run(args[1..]),
    "firth" => Firth.Run(),
    "start" => await Start.RunAsync(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: SigmoidApi.Benchmarks elementwise | elementwise-widths | kernels | "
        + "fit DIR ROWS COLUMNS | gaps DIR ROWS COLUMNS | sparse DIR ROWS COLUMNS | path DIR ROWS COLUMNS | problem DIR NAME | "
        + "inference DIR ROWS COLUMNS | multinomial DIR ROWS COLUMNS CLASSES [--l1 C,C] | evaluation [ROWS] | comparison | scaling | firth | "
        + "json | serving | datasets | stream | jobs | responsiveness | start");
    return 2;
}
