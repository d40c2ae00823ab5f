"""What a councillor does on a tablet in several stories, and what the tablet then keeps."""

from tests.flows.browsers import Browser

FILES = """
const names = (await indexedDB.databases()).map((each) => each.name)
let chunks = 0
for (const name of names) {
  const db = await new Promise((done, fail) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
  for (const store of db.objectStoreNames) {
    if (!/chunk/.test(store)) continue
    chunks += await new Promise((done) => {
      const request = db.transaction(store).objectStore(store).count()
      request.onsuccess = () => done(request.result)
    })
  }
  db.close()
}
return chunks
"""
"""How many parts of files the stores of the tablet hold."""


def wait_pieces(tablet: Browser, count: int) -> None:
    """So many are on the tablet, no part of another: each has its paper, its words, its preview."""
    body = f"return (await (async () => {{ {FILES} }})()) === args[0]"
    tablet.wait_until(body, 3 * count)


def write_a_vote(tablet: Browser, words: str) -> None:
    """The argument of a vote, kept on the tablet."""
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Préparer mes votes")
    tablet.see("heading", "Préparer mes votes")
    tablet.click("button", "1 Affaire 1", exact=False)
    tablet.click("radio", "Contre")
    tablet.fill("Mes arguments", words)
    tablet.wait_text("Intention : contre")
    printed = "return document.querySelector('.printed')?.textContent.includes(args[0])"
    tablet.wait_until(printed, words)
