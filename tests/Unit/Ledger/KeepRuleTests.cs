using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using CsCheck;

namespace AspireFed.Tests.Unit.Ledger;

public sealed class KeepRuleTests
{
    private const int Rounds = 30;

    private static readonly Gen<KeepSpec> Keeps = Gen.Select(
        Gen.Int[1, 6], Gen.Int[0, 7], Gen.Bool, (last, every, best) => new KeepSpec { Last = last, Every = every, Best = best });

    // What is committed and evaluated, one after the other: the accuracies are few, so that some are equal.
    private static readonly Gen<(KeepSpec Keep, int EvaluateEvery, int Round, (int Round, double Accuracy)[] Evaluated)> Histories = Gen.Select(
        Keeps, Gen.Int[1, 4], Gen.Int[0, Rounds], Gen.Select(Gen.Int[1, Rounds], Gen.Int[0, 5].Select(tenths => tenths / 10.0)).Array[0, 20]);

    [Fact]
    public void A_model_that_is_dropped_is_never_wanted_again() => Histories.Sample(history =>
    {
        for (var lag = 0; lag < 6; lag++) // rounds by which the Evaluator is behind
        {
            HashSet<int> dropped = [];
            for (var round = 0; round <= history.Round; round++)
            {
                var rule = Rule(history, round, Evaluated(history, round - lag), goesOn: true);
                Assert.DoesNotContain(dropped, number => rule.Keeps(Key(number)));
                dropped.UnionWith(All(round).Where(number => !rule.Keeps(Key(number))));
            }
            var atTheEnd = Rule(history, history.Round, Evaluated(history, history.Round), goesOn: false);
            Assert.DoesNotContain(dropped, number => atTheEnd.Keeps(Key(number)));
        }
    });

    [Fact]
    public void The_last_the_every_and_the_best_stay_and_nothing_else() => Histories.Sample(history =>
    {
        var evaluated = Evaluated(history, history.Round);
        var rule = Rule(history, history.Round, evaluated, goesOn: false);
        HashSet<int> expected = [.. All(history.Round).TakeLast(history.Keep.Last)];
        if (history.Keep.Every > 0) expected.UnionWith(All(history.Round).Where(number => number > 0 && number % history.Keep.Every == 0));
        if (history.Keep.Best && evaluated.Count > 0) expected.Add(evaluated.MaxBy(metrics => metrics.Overall.BalancedAccuracy)!.Key.Round);
        Assert.Equal(expected.Order(), All(Rounds).Where(number => rule.Keeps(Key(number))));
    });

    [Fact]
    public void A_model_that_the_Evaluator_has_still_to_look_at_stays_as_long_as_the_experiment_goes_on() => Histories.Sample(history =>
    {
        var evaluated = Evaluated(history, history.Round);
        var rule = Rule(history, history.Round, evaluated, goesOn: true);
        var awaited = All(history.Round).Where(number => number > 0 && number % history.EvaluateEvery == 0 && evaluated.All(metrics => metrics.Key.Round != number));
        Assert.All(awaited, number => Assert.True(rule.Keeps(Key(number))));
    });

    [Fact]
    public void Between_equal_balanced_accuracies_top_1_decides()
    {
        var rule = new KeepRule(
            Spec(new KeepSpec { Last = 1, Every = 0 }, 1), All(9).Select(Key), [Metrics(3, 0.5, top1: 0.6), Metrics(5, 0.5, top1: 0.7), Metrics(6, 0.4, top1: 0.9)],
            goesOn: false);
        Assert.Equal([5, 9], All(9).Where(number => rule.Keeps(Key(number))));
    }

    [Fact]
    public void Stages_are_judged_one_by_one_and_the_last_round_of_each_stays()
    {
        var spec = Spec(new KeepSpec { Last = 1, Every = 0, Best = false }, 1) with { Pretrain = PretrainSpec.For(ModelFamily.Mae) with { Rounds = 4 } };
        var pretrain = Enumerable.Range(0, 5).Select(round => new RoundKey("e", Stage.Pretrain, round)).ToList();
        var rule = new KeepRule(spec, [.. pretrain, .. All(2).Select(Key)], [], goesOn: false);
        Assert.Equal([pretrain[4]], pretrain.Where(rule.Keeps));
        Assert.Equal([2], All(2).Where(number => rule.Keeps(Key(number))));
    }

    [Fact]
    public void To_keep_all_is_to_keep_all_of_the_longest_experiment()
    {
        var spec = Spec(KeepSpec.All, 1);
        var longest = spec with { Finetune = spec.Finetune! with { Rounds = 100_000 } };
        Assert.True(new KeepRule(longest, [Key(0), Key(100_000)], [], goesOn: false).Keeps(Key(0)));
    }

    private static IEnumerable<int> All(int last) => Enumerable.Range(0, last + 1);

    private static RoundKey Key(int round) => new("e", Stage.Finetune, round);

    private static ExperimentSpec Spec(KeepSpec keep, int evaluateEvery) => new()
    {
        Name = "e",
        Keep = keep,
        Evaluate = new EvaluateSpec { Every = evaluateEvery },
        Finetune = FinetuneSpec.For(ModelFamily.Mae) with { Rounds = Rounds },
    };

    private static KeepRule Rule(
        (KeepSpec Keep, int EvaluateEvery, int, (int, double)[]) history, int round, IReadOnlyList<RoundMetrics> evaluations, bool goesOn) =>
        new(Spec(history.Keep, history.EvaluateEvery), All(round).Select(Key), evaluations, goesOn);

    /// <summary>The rounds up to this one that the spec wants evaluated and that a random accuracy was drawn for, in order.</summary>
    private static List<RoundMetrics> Evaluated((KeepSpec, int EvaluateEvery, int, (int Round, double Accuracy)[] Evaluated) history, int round) =>
        [.. history.Evaluated.DistinctBy(drawn => drawn.Round).Where(drawn => drawn.Round <= round && drawn.Round % history.EvaluateEvery == 0)
            .OrderBy(drawn => drawn.Round).Select(drawn => Metrics(drawn.Round, drawn.Accuracy, drawn.Accuracy))];

    private static RoundMetrics Metrics(int round, double balanced, double top1) =>
        new(Key(round), [], new ClassificationMetrics(10, top1, balanced, 1, []), new Dictionary<string, ClassificationMetrics>());
}
