using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>
/// Results side by side, a column an experiment. Test figures are those of the last round: choosing the best round by the test set would
/// flatter every one of them.
/// </summary>
internal static class ResultTable
{
    public static Table Of(IReadOnlyList<ExperimentResults> results)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("", label => label.NoWrap());
        foreach (var result in results) table.AddColumn(new TableColumn(Figures.Plain(result.Spec.Name)).RightAligned());
        if (results.Any(result => result.Spec.Tokenizer is not null))
        {
            Add("tokenizer", result => Tokenizer(result.Spec));
            Add("  loss, first to last round", result => Figures.FirstToLast(result.TokenizerLoss));
        }
        Add("pre-training", result => Pretraining(result.Spec));
        Add("  loss, first to last round", result => Figures.FirstToLast(result.PretrainLoss));
        Add("fine-tuning", result => Finetuning(result.Spec));
        Add("  loss, first to last round", result => Figures.FirstToLast(result.FinetuneLoss));
        Add("test top-1 %", result => Figures.Percent(Last(result)?.Overall.Top1));
        foreach (string site in results.SelectMany(Sites).Distinct().Order(StringComparer.Ordinal))
            Add($"  {site}", result => Figures.Percent(Last(result)?.Sites.GetValueOrDefault(site)?.Top1));
        Add("test balanced accuracy %", result => Figures.Percent(Last(result)?.Overall.BalancedAccuracy));
        Add("wall time", result => Figures.Duration(result.WallSeconds));
        Add("trained images/s", result => Figures.Rate(result.WallSeconds > 0 ? result.TrainedImages / result.WallSeconds : 0));
        Add("moved", result => Figures.Bytes(result.BytesMoved));
        return table;

        void Add(string label, Func<ExperimentResults, string> cell) =>
            table.AddRow([Figures.Plain(label), .. results.Select(result => Figures.Plain(cell(result)))]);
    }

    /// <summary>The evaluation of the last round, if the experiment has a classifier.</summary>
    private static RoundMetrics? Last(ExperimentResults result) => result.Evaluations.Count > 0 ? result.Evaluations[^1] : null;

    private static IEnumerable<string> Sites(ExperimentResults result) => Last(result)?.Sites.Keys ?? [];

    private static string Tokenizer(ExperimentSpec spec) =>
        spec.Tokenizer is { } tokenizer ? $"dvae of {tokenizer.Vocabulary} tokens, {tokenizer.Rounds} rounds" : "none";

    private static string Pretraining(ExperimentSpec spec)
    {
        if (spec.Pretrain is not { } pretrain) return spec.Init.Length == 0 ? "none" : "given weights";
        string family = spec.Model.Family == ModelFamily.Mae ? "MAE" : "BEiT";
        return $"{(spec.Data.Partition == "central" ? "central" : "federated")} {family}, {pretrain.Rounds} rounds";
    }

    private static string Finetuning(ExperimentSpec spec) => spec.Finetune is not { } finetune ? "none"
        : finetune.LabelFraction < 1 ? Figures.Invariant($"{finetune.Rounds} rounds, {100 * finetune.LabelFraction:0.##} % of labels")
        : $"{finetune.Rounds} rounds";
}
