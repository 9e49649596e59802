"""Question collections: runs tests/bench/faq-run over ../shared/corpora/faq and scores it with the collections' own evaluator."""
import importlib.util
import os
import random
import subprocess
import tempfile

TOP = os.environ.get("TOP_SRCDIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("TOP_BUILDDIR") or TOP
# The best row of the collections' README for each: P@1, nDCG@10.
BASELINES = {
    "aia-bde": (.671, .793),
    "banking77": (.811, .905),
    "covidqa-en": (.679, .795),
    "hint3-curekart": (.749, .867),
    "stackfaq": (.798, .793),
    "stackfaq-article": (.769, .868),
}


def corpora():
    """The folder of the collections; None where there is none."""
    for folder in (os.environ.get("CORPORA"), os.path.join(TOP, "..", "shared", "corpora"),
                   os.path.join(TOP, "..", "..", "shared", "corpora")):
        if folder and os.path.exists(os.path.join(folder, "eval_faq.py")):
            return folder
    return None


def evaluator(folder):
    spec = importlib.util.spec_from_file_location("eval_faq", os.path.join(folder, "eval_faq.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chance(confidences, rounds=40):
    """The calibration error of confidences that are exactly right: what is left by chance, on the mean."""
    rows, dice, errors = sorted(confidences, reverse=True), random.Random(1), []
    for _ in range(rounds):
        wrong = [confidence - (dice.random() < confidence) for confidence in rows]
        errors.append(sum(abs(sum(wrong[len(rows) * k // 10:len(rows) * (k + 1) // 10])) for k in range(10)) / len(rows))
    return sum(errors) / rounds


def run(folder, name, ask_others=True):
    """Asks all questions of the collection. Returns its figures: p1, ndcg10, ece, chance, area, c95, times."""
    module = evaluator(folder)
    here = os.path.join(folder, "faq", name)
    queries = [os.path.join(here, "queries.tsv")]
    others = os.path.join(here, "queries-oos.tsv")
    if ask_others and os.path.exists(others):
        queries.append(others)
    done = subprocess.run([os.path.join(BUILD, "tests/bench/faq-run"), here] + queries, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    qrels = module.read_qrels(os.path.join(here, "qrels.txt"))
    judged = [qid for qid, grades in qrels.items() if any(grade >= 1 for grade in grades.values())]
    lines = [line.split() for line in done.stdout.splitlines()]
    with tempfile.TemporaryDirectory() as folder_of_runs:
        runs = []
        for column in (4, 5):
            path = os.path.join(folder_of_runs, str(column))
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(" ".join(line[:4] + [line[column], "postern"]) + "\n" for line in lines)
            runs.append(module.read_run(path, "#"))
    scores = [module.measure([doc for doc, _ in runs[0].get(qid, [])], qrels[qid], 1) for qid in judged]
    qids = list(dict.fromkeys(qid for path in queries for qid in module.read_qids(path)))
    calibration = module.calibrate(qids, qrels, runs[1], 1)
    at95 = calibration["at_precision"][0.95]
    return {"questions": len(judged), "p1": sum(s["p1"] for s in scores) / len(scores),
            "ndcg10": sum(s["ndcg10"] for s in scores) / len(scores), "ece": calibration["ece"],
            "chance": chance([runs[1][qid][0][1] for qid in qids if runs[1].get(qid)]), "area": calibration["area"],
            "c95": at95["coverage"] if at95 else 0, "times": done.stderr.strip()}
