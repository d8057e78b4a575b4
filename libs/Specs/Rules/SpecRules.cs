using System.Text.RegularExpressions;
using AspireFed.Contracts.Specs;

namespace AspireFed.Specs.Rules;

/// <summary>What several keys must fulfil together. A rule is silent where one of its keys is faulty by itself.</summary>
internal sealed partial class SpecRules(ExperimentSpec spec, Func<string, int> lineOf, List<SpecFault> faults)
{
    private const int WidthStep = 16;

    private readonly HashSet<string> _faulty = [.. faults.Select(fault => fault.Path)];

    public void Check()
    {
        if (spec.Stages().Count == 0 && !Faulty("tokenizer", "pretrain", "finetune"))
            Report("pretrain", "The experiment has no stage; give it `pretrain:`, `finetune:` or both.");
        if (spec.Init.Length > 0 && spec is { Pretrain: null, Finetune: null } && !Faulty("init", "pretrain", "finetune"))
            Report("init", "The weights are for the vision transformer, and no stage trains one; leave the key out.");
        CheckData();
        CheckFederation();
        CheckModel();
        if (spec.Tokenizer is not null) CheckTokenizerTraining(spec.Tokenizer);
        if (spec.Pretrain is not null)
        {
            CheckTraining("pretrain", spec.Pretrain);
            CheckTokenizer(spec.Pretrain.Tokenizer);
        }
        if (spec.Finetune is not null) CheckFinetune(spec.Finetune);
    }

    private void CheckData()
    {
        DataSpec data = spec.Data;
        if (data.Set.Length > 0 && !FolderName().IsMatch(data.Set))
            Report("data.set", $"`{data.Set}` is not the name of a folder; use letters, digits, dots, hyphens and underscores.");
        if (data.Partition.Length > 0 && !PartitionName().IsMatch(data.Partition))
            Report("data.partition", $"`{data.Partition}` is not a partition; write `central` or one such as `5_clients/split_real`.");
        for (int i = 0; i < data.Clients.Count; i++)
        {
            string client = data.Clients[i];
            if (!FolderName().IsMatch(client)) Report($"data.clients[{i}]", $"`{client}` is not the name of a client.");
            else if (data.Clients.Take(i).Contains(client)) Report($"data.clients[{i}]", $"`{client}` is named twice.");
        }
        int side = ImageSide(spec.Model.Size);
        if (data.Resize > 0 && data.Resize < side && !Faulty("data.resize", "model.size"))
        {
            Report("data.resize", $"{data.Resize} is less than the {side} px that a {Name(spec.Model.Size)} model sees; "
                + $"give {side} or more, or 0 to keep the images as they are.");
        }
    }

    private void CheckFederation()
    {
        FederationSpec federation = spec.Federation;
        int asked = federation.Cohort;
        if (!Faulty("federation.cohort", "federation.quorum") && asked > 0 && federation.Quorum > asked)
            Report("federation.quorum", $"{federation.Quorum} updates can never come from the {asked} clients of a cohort.");
        int clients = spec.Data.Clients.Count;
        if (clients == 0 || Faulty("data.clients")) return;
        if (asked > clients) Report("federation.cohort", $"{asked} clients cannot be asked: data.clients names {clients}.");
        if (asked == 0 && federation.Quorum > clients)
            Report("federation.quorum", $"{federation.Quorum} updates can never come: data.clients names {clients}.");
    }

    /// <summary>An option that the family does not use is refused rather than ignored.</summary>
    private void CheckModel()
    {
        if (Faulty("model.family")) return;
        bool beit = spec.Model.Family == ModelFamily.Beit;
        if (!beit && spec.Model.LayerScale != new ModelSpec().LayerScale)
            Report("model.layerScale", "Only beit models have a layer scale; leave the key out.");
        if (spec.Pretrain is null) return;
        if (!beit && spec.Pretrain.Tokenizer != new TokenizerSpec())
            Report("pretrain.tokenizer", "Only beit models predict visual tokens; leave the tokenizer out.");
        if (beit && spec.Pretrain.NormPixLoss != PretrainSpec.For(ModelFamily.Beit).NormPixLoss)
            Report("pretrain.normPixLoss", "Only mae models reconstruct pixels; leave the key out.");
    }

    /// <summary>Whether the visual tokens have exactly one source.</summary>
    private void CheckTokenizer(TokenizerSpec tokenizer)
    {
        if (Faulty("pretrain.tokenizer", "pretrain.tokenizer.kind", "tokenizer")) return;
        string kind = Schema.ValueKinds.NameOf(tokenizer.Kind);
        bool trained = spec.Tokenizer is not null;
        if (spec.Model.Family != ModelFamily.Beit && !Faulty("model.family"))
        {
            // Said where the family is checked, but for a stage of its own.
            if (trained) Report("tokenizer", "Only beit models predict visual tokens; leave the stage out.");
            return;
        }
        bool named = tokenizer.Weights.Length > 0;
        if (trained && (tokenizer.Kind != TokenizerKind.Dvae || named))
        {
            Report("pretrain.tokenizer", "The stage `tokenizer` trains a dvae for this pre-training; write `kind: dvae` without weights, or leave the stage out.");
        }
        else if (tokenizer.Kind == TokenizerKind.RandomProjection && named)
        {
            Report("pretrain.tokenizer.weights", $"A {kind} tokenizer has no weights; leave the key out or name another kind.");
        }
        else if (tokenizer.Kind != TokenizerKind.RandomProjection && !named && !trained)
        {
            Report("pretrain.tokenizer.weights", $"A {kind} tokenizer needs weights; name their file"
                + (tokenizer.Kind == TokenizerKind.Dvae ? ", or train one in a stage `tokenizer:`." : "."));
        }
        if (trained && spec.Tokenizer!.Vocabulary != tokenizer.Vocabulary && !Faulty("tokenizer.vocabulary", "pretrain.tokenizer.vocabulary"))
        {
            Report("pretrain.tokenizer.vocabulary",
                $"{tokenizer.Vocabulary} is not the vocabulary of the tokenizer that is trained; write {spec.Tokenizer.Vocabulary}.");
        }
    }

    private void CheckTokenizerTraining(TokenizerTrainingSpec training)
    {
        CheckTraining("tokenizer", training);
        foreach (var (key, width) in new[] { ("codebookWidth", training.CodebookWidth), ("hiddenWidth", training.HiddenWidth) })
        {
            // Convolutions of other widths come out wrong on some processors (oneDNN 3.7.1 on AVX-512).
            if (width % WidthStep != 0) Report($"tokenizer.{key}", $"{width} is no multiple of {WidthStep}; write {Math.Max(WidthStep, width / WidthStep * WidthStep)}.");
        }
        if (training.DropPath != 0) Report("tokenizer.dropPath", "A dvae has no paths to drop; leave the key out.");
    }

    private void CheckTraining(string stage, LocalTrainingSpec training)
    {
        if (training.Rounds == 0 && !Faulty($"{stage}.rounds"))
        {
            if (stage != "finetune" || spec.Init.Length == 0)
                Report($"{stage}.rounds", "0 rounds train nothing; give 1 or more.");
            else if (spec.Stages().Count > 1)
                Report($"{stage}.rounds", "A model that was only pre-trained has a head of random numbers: to evaluate it means nothing. Give 1 round or more.");
            return;
        }
        if (training.WarmupRounds > training.Rounds && !Faulty($"{stage}.warmupRounds", $"{stage}.rounds"))
        {
            Report($"{stage}.warmupRounds", $"A warm-up of {Text(training.WarmupRounds)} rounds does not fit into "
                + $"{stage}.rounds = {training.Rounds}; give {training.Rounds} or less.");
        }
        if (training.Beta1 >= 1) Report($"{stage}.beta1", "1 would never forget a gradient; give less than 1.");
        if (training.Beta2 >= 1) Report($"{stage}.beta2", "1 would never forget a gradient; give less than 1.");
        if (training.MinLearningRate > training.PeakLearningRate()
            && !Faulty($"{stage}.minLearningRate", $"{stage}.learningRate", $"{stage}.batchSize", $"{stage}.learningRateScaling"))
        {
            Report($"{stage}.minLearningRate",
                $"{Text(training.MinLearningRate)} is above the peak learning rate of {Text(training.PeakLearningRate())}.");
        }
    }

    private void CheckFinetune(FinetuneSpec finetune)
    {
        CheckTraining("finetune", finetune);
        bool mixes = (finetune.Mixup > 0 || finetune.Cutmix > 0) && finetune.MixProbability > 0;
        if (mixes && finetune is { Rounds: > 0 } && finetune.BatchSize % 2 != 0 && !Faulty("finetune.batchSize"))
        {
            Report("finetune.batchSize",
                $"{finetune.BatchSize} is odd, but mixup and cutmix pair the images of a batch; give an even number or set both to 0.");
        }
    }

    /// <summary>What a model of each size looks at (docs of <see cref="ModelSize"/>).</summary>
    private static int ImageSide(ModelSize size) => size == ModelSize.Nano ? 64 : 224;

    private bool Faulty(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            if (_faulty.Contains(path)) return true;
        return false;
    }

    private void Report(string path, string message) => faults.Add(new SpecFault(path, lineOf(path), message));

    private static string Text(double number) => Schema.SpecKey.Number(number);

    private static string Name(ModelSize size) => Schema.ValueKinds.NameOf(size);

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]*\z")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^(central|[1-9][0-9]*_clients/[A-Za-z0-9_][A-Za-z0-9._-]*)\z")]
    private static partial Regex PartitionName();
}
