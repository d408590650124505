// The claims that the engine writes, read by the real @openzeppelin/merkle-tree: its own load, validation, root, proofs.
//
//     node --test tests/full/merkle_tree.test.mjs        (PYTHON names the interpreter; make check-full sets it)
//
// The package is installed into a temporary folder, outside the repository, and removed again.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const PACKAGE = "@openzeppelin/merkle-tree@1.0.8";
const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

let folder, StandardMerkleTree, samples;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "merkle-tree-"));
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", PACKAGE], { cwd: folder });
  ({ StandardMerkleTree } = createRequire(join(folder, "package.json"))("@openzeppelin/merkle-tree"));
  const python = process.env.PYTHON ?? "python3";
  const told = execFileSync(python, ["-m", "tests.full.claims_sample"], { cwd: CHECKOUT, maxBuffer: 2 ** 28 });
  samples = told.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test("there are samples of several sizes", () => {
  assert.deepEqual(samples.map(({ proofs }) => proofs.length), [1, 2, 3, 6, 17, 64, 500]);
});

test("it loads and validates what the engine dumped", () => {
  for (const { dump, root } of samples) {
    const tree = StandardMerkleTree.load(JSON.parse(dump));
    tree.validate();
    assert.equal(tree.root, root);
  }
});

test("it dumps the same bytes from the same values", () => {
  for (const { dump } of samples) {
    const values = JSON.parse(dump).values.map(({ value }) => value);
    assert.equal(JSON.stringify(StandardMerkleTree.of(values, ["address", "uint256"]).dump()), dump);
  }
});

test("it gives and verifies the same proofs, and no other amount with them", () => {
  for (const { dump, root, proofs } of samples) {
    const tree = StandardMerkleTree.load(JSON.parse(dump));
    for (const [index, [address, amount]] of tree.entries()) {
      assert.deepEqual(tree.getProof(index), proofs[index]);
      assert.ok(StandardMerkleTree.verify(root, ["address", "uint256"], [address, amount], proofs[index]));
      const other = (BigInt(amount) ^ 1n).toString();
      assert.ok(!StandardMerkleTree.verify(root, ["address", "uint256"], [address, other], proofs[index]));
    }
  }
});

test("without values there is no tree, as the engine says too", () => {
  assert.throws(() => StandardMerkleTree.of([], ["address", "uint256"]), /non-zero number of leaves/);
});
