"""What goes with a copy of the journal, so that it can be verified without Cartable."""

VERIFIER = '''\
"""Verifies journal.jsonl: python3 verifier.py (nothing else to install)."""
import hashlib, hmac, json

FIELDS = ("chain", "position", "id", "seq", "at", "who", "device", "event", "subject", "digest",
          "previous")
hashes, previous, position = {}, "0" * 64, 0
for text in open("journal.jsonl", encoding="utf-8"):
    line, position = json.loads(text), position + 1
    texts = ["cartable-journal-1"] + ["-" if line[f] is None else str(line[f]) for f in FIELDS]
    made = hashlib.sha256("\\n".join(texts).encode()).hexdigest()
    if (line["position"], line["previous"], line["hash"]) != (position, previous, made):
        raise SystemExit(f"Ligne {position} : elle n'est pas celle qui a été écrite.")
    if line["payload"] is not None:
        salt = bytes.fromhex(line["salt"])
        if hmac.digest(salt, line["payload"].encode(), "sha256").hex() != line["digest"]:
            raise SystemExit(f"Ligne {position} : ses détails ne sont pas ceux d'origine.")
    previous = hashes[position] = made
for number, text in enumerate(open("points-de-controle.jsonl", encoding="utf-8"), 1):
    point = json.loads(text)
    if point["kind"] == "checkpoint" and hashes.get(point["position"]) != point["hash"]:
        print(f"Point {number} : la ligne {point['position']} a changé depuis (voir LISEZ-MOI).")
    texts = ("cartable-checkpoint-1", point["kind"], point["chain"], str(point["position"]),
             point["hash"], point["at"])
    open(f"point-{number}.txt", "wb").write("\\n".join(texts).encode())
    open(f"point-{number}.sig", "wb").write(bytes.fromhex(point["signature"]))
print(f"{position} lignes, toutes dans l'ordre et intactes.")
'''

READ_ME = """\
Copie du journal d'une collectivité (Cartable)

journal.csv               à lire avec un tableur
journal.jsonl             les mêmes lignes, une par ligne de texte, à vérifier
points-de-controle.jsonl  signatures faites au fil du temps, hors de la base de données
cle-publique.pem          la clé qui vérifie ces signatures (Ed25519)
verifier.py               python3 verifier.py : refait le calcul de chaque ligne

Chaque ligne porte l'empreinte (SHA-256) de la ligne précédente : retirer, changer, ajouter ou
déplacer une ligne se voit. Les points de contrôle signés empêchent de couper la fin ou de refaire
toute la chaîne.

verifier.py prépare aussi, pour chaque point, un fichier point-N.txt et sa signature point-N.sig.
Pour vérifier la signature du point N :

  openssl pkeyutl -verify -pubin -inkey cle-publique.pem -rawin -in point-N.txt -sigfile point-N.sig

La clé publique de votre serveur se demande à l'hébergeur (« cartable audit public-key »).

Une ligne sans détails (payload vide) a perdu les données d'une personne, effacées à sa demande :
la chaîne reste vérifiable. Un point « resumed » dit qu'une sauvegarde de la base a été remise en
place : les lignes qu'elle n'avait pas ont été perdues, et le journal le dit à cet endroit.
"""
