-- The store: what the journal and the files under their digest say, as tables to ask questions of.
--
-- Derived: `curate rebuild` makes it anew, and so does any command that finds it missing, damaged or behind.
-- Read it freely, write nothing into it. docs/sql.md has queries to begin with.
-- Units: *_ppm are millionths, *_ppb thousand-millionths, *_micro millionths of a natural log-odd.
-- Times are UTC. `seq` is the number of the journal line that a row comes from.
-- No primary keys: they make bulk loads four times slower, and the journal already says what is unique.

-- One row: which schema this is, and how far into the journal the tables reach.
CREATE TABLE meta (
    schema_version VARCHAR NOT NULL,
    seq            BIGINT NOT NULL,
    head           VARCHAR NOT NULL       -- hash of that journal line
);

CREATE TABLE datanets (
    datanet   VARCHAR NOT NULL,
    since_seq BIGINT NOT NULL,            -- its first contribution or reference
    card      VARCHAR,                    -- digest of the card that the latest contribution was inspected under
    rules     VARCHAR,                    -- digest of the rules, likewise
    reference VARCHAR                     -- current version of its reference
);

CREATE TABLE contributors (
    contributor   VARCHAR NOT NULL,
    name          VARCHAR NOT NULL,
    address       VARCHAR,                -- where payouts go
    public_key    VARCHAR,
    seq           BIGINT NOT NULL,
    registered_at TIMESTAMP NOT NULL
);

CREATE TABLE contributions (
    contribution VARCHAR NOT NULL,
    seq          BIGINT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    datanet      VARCHAR NOT NULL,
    contributor  VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL,        -- import, submit
    file_kind    VARCHAR NOT NULL,        -- jsonl, csv, parquet; the first two with .gz too
    file         VARCHAR NOT NULL,        -- digests of the files behind it
    card         VARCHAR NOT NULL,
    rules        VARCHAR NOT NULL,
    result       VARCHAR NOT NULL,
    findings     VARCHAR NOT NULL,
    reference    VARCHAR,                 -- version that its weights rest on; NULL: checked against itself
    row_count    BIGINT NOT NULL,         -- rows of the file, unreadable ones too
    exit_code    BIGINT NOT NULL          -- what the first submit answered: 0 policy met, 1 not met
);

-- One row of one file. Rows that could not be read have no record id and stay in the count.
CREATE TABLE records (
    record                VARCHAR,
    contribution          VARCHAR NOT NULL,
    seq                   BIGINT NOT NULL,
    place                 BIGINT NOT NULL, -- who was first: seq, or that of the commitment whose place it takes
    row_index             BIGINT NOT NULL, -- from 0, in file order
    line                  BIGINT NOT NULL, -- first physical line in the file
    datanet               VARCHAR NOT NULL,
    contributor           VARCHAR NOT NULL,
    content_digest        VARCHAR,         -- salted; equal for exact copies
    content               JSON,            -- canonical content
    text                  VARCHAR,
    label                 VARCHAR,         -- as given; a relabelling stands in decisions and current_records
    inspected             VARCHAR NOT NULL, -- verdict of the inspection: accept, review, reject, unchecked
    otherwise             VARCHAR,         -- for an exact copy: what it would be if it were none
    otherwise_novelty_ppm BIGINT
);

-- What each readable record weighed when it was inspected, and why.
CREATE TABLE weights (
    record            VARCHAR NOT NULL,
    contribution      VARCHAR NOT NULL,
    row_index         BIGINT NOT NULL,
    reference         VARCHAR,
    weight_ppm        BIGINT,
    novelty_ppm       BIGINT,
    prior_micro       BIGINT,
    rules_micro       BIGINT,
    strangeness_micro BIGINT,
    label_noise_micro BIGINT
);

-- What each statistical check scored: 1 000 000 000 nothing wrong, 0 certainly wrong; p is the conformal p-value.
CREATE TABLE scores (
    record       VARCHAR,
    contribution VARCHAR NOT NULL,
    row_index    BIGINT NOT NULL,
    code         VARCHAR NOT NULL,        -- the check
    score_ppb    BIGINT,
    p_ppb        BIGINT
);

CREATE TABLE findings (
    record         VARCHAR,
    contribution   VARCHAR NOT NULL,
    row_index      BIGINT NOT NULL,
    finding        BIGINT NOT NULL,       -- its line in the findings file, from 0
    code           VARCHAR NOT NULL,      -- the check or rule
    field          VARCHAR,
    severity       VARCHAR NOT NULL,      -- critical, hold, warning, info, insufficient
    message        VARCHAR NOT NULL,
    evidence_micro BIGINT NOT NULL,
    p_ppb          BIGINT,
    suggested      VARCHAR,
    fix            VARCHAR NOT NULL
);

-- The other records that findings rest on, in the order the finding names them.
CREATE TABLE related (
    record              VARCHAR,
    contribution        VARCHAR NOT NULL,
    finding             BIGINT NOT NULL,
    place               BIGINT NOT NULL,
    code                VARCHAR NOT NULL,
    partner             VARCHAR NOT NULL,
    partner_contributor VARCHAR NOT NULL,
    partner_line        BIGINT NOT NULL,
    similarity_ppm      BIGINT NOT NULL
);

CREATE TABLE decisions (
    seq        BIGINT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    record     VARCHAR NOT NULL,
    decision   VARCHAR NOT NULL,          -- accept, reject, relabel
    curator    VARCHAR NOT NULL,
    reason     VARCHAR NOT NULL,
    label      VARCHAR,                   -- the right label, when the curator gave one
    drawn_ppm  BIGINT                     -- for an audit: the probability that the record was drawn with
);

-- Words that their curators took back: they stand neither in decisions nor in doubts any more.
CREATE TABLE undone (
    seq       BIGINT NOT NULL,
    undone_at TIMESTAMP NOT NULL,
    word      BIGINT NOT NULL,            -- the journal line that was undone
    record    VARCHAR NOT NULL,
    decision  VARCHAR NOT NULL,           -- accept, reject, relabel, doubt
    curator   VARCHAR NOT NULL
);

CREATE TABLE withdrawals (
    seq          BIGINT NOT NULL,
    withdrawn_at TIMESTAMP NOT NULL,
    record       VARCHAR NOT NULL
);

-- Every version of every datanet's yardstick; the word is reserved, so write it in double quotes.
CREATE TABLE "references" (
    datanet   VARCHAR NOT NULL,
    version   VARCHAR NOT NULL,
    seq       BIGINT NOT NULL,
    fitted_at TIMESTAMP NOT NULL,
    members   BIGINT NOT NULL,
    manifest  VARCHAR NOT NULL
);

-- Where each readable record stands now (curation/ledger/standing.py): inspection, decisions, withdrawals, copies.
CREATE TABLE verdicts (
    record       VARCHAR NOT NULL,
    verdict      VARCHAR NOT NULL,        -- accept, review, reject, unchecked, withdrawn
    weight_ppm   BIGINT,
    novelty_ppm  BIGINT,
    why          VARCHAR NOT NULL,        -- inspected, decided, copy, succeeded, withdrawn
    partner      VARCHAR,                 -- for a copy: the record that it copies
    decision_seq BIGINT                   -- the decision that settled it
);

-- What somebody committed to before showing it.
CREATE TABLE commitments (
    seq          BIGINT NOT NULL,
    committed_at TIMESTAMP NOT NULL,
    datanet      VARCHAR NOT NULL,
    contributor  VARCHAR NOT NULL,
    record_count BIGINT NOT NULL
);

CREATE TABLE models (
    model      VARCHAR NOT NULL,
    seq        BIGINT NOT NULL,
    trained_at TIMESTAMP NOT NULL,
    datanet    VARCHAR NOT NULL,
    kind       VARCHAR NOT NULL,          -- heads, similarity
    reference  VARCHAR,
    card       VARCHAR NOT NULL,
    trained    BIGINT NOT NULL            -- records it was fitted on
);

-- What a model froze; member counts from 0 in the order of who was first.
CREATE TABLE model_records (
    model        VARCHAR NOT NULL,
    member       BIGINT NOT NULL,
    record       VARCHAR NOT NULL,
    contributor  VARCHAR NOT NULL,
    imported     BOOLEAN NOT NULL,
    training_ppm BIGINT NOT NULL,         -- 0: it earns nothing
    novelty_ppm  BIGINT NOT NULL,
    partner      VARCHAR                  -- the record that it partly repeats
);

-- Money is in base units: 1 OPEN is 1 000 000 000 000 000 000.
CREATE TABLE inferences (
    seq       BIGINT NOT NULL,
    served_at TIMESTAMP NOT NULL,
    datanet   VARCHAR NOT NULL,
    model     VARCHAR NOT NULL,
    payer_key VARCHAR NOT NULL,
    fee       DECIMAL(38, 0) NOT NULL
);

CREATE TABLE attributions (
    inference BIGINT NOT NULL,            -- seq of the inference
    record    VARCHAR NOT NULL,
    amount    BIGINT NOT NULL
);

CREATE TABLE epochs (
    epoch      BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    settled_at TIMESTAMP NOT NULL,
    through    BIGINT NOT NULL
);

CREATE TABLE settled_inferences (
    epoch     BIGINT NOT NULL,
    inference BIGINT NOT NULL,
    fee       DECIMAL(38, 0) NOT NULL,
    pool      DECIMAL(38, 0) NOT NULL,    -- the data share of the fee
    paid      DECIMAL(38, 0) NOT NULL     -- what of it went to contributors; the reserve kept the rest
);

-- The records that an epoch's inferences rest on.
CREATE TABLE settled_records (
    epoch       BIGINT NOT NULL,
    record      VARCHAR NOT NULL,
    contributor VARCHAR NOT NULL,
    datanet     VARCHAR NOT NULL,
    weight_ppm  BIGINT NOT NULL,          -- that held when the epoch closed; 0: it might not be paid
    pay         DECIMAL(38, 0) NOT NULL
);

-- Every move of money, of epochs and of decisions.
CREATE TABLE moves (
    seq    BIGINT NOT NULL,
    move   BIGINT NOT NULL,
    what   VARCHAR NOT NULL,              -- fee, credit, keep, vest, forfeit, penalty, reverse, correct, audit, burn
    source VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    units  DECIMAL(38, 0) NOT NULL,
    record VARCHAR,
    epoch  BIGINT
);

CREATE TABLE audit_draws (
    draw     BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    drawn_at TIMESTAMP NOT NULL,
    through  BIGINT NOT NULL,             -- the journal line that the frame was fixed at
    beacon   VARCHAR NOT NULL,
    budget   BIGINT NOT NULL
);

CREATE TABLE audit_hits (
    draw   BIGINT NOT NULL,
    sort   VARCHAR NOT NULL,              -- money, floor, waiting
    hit    BIGINT NOT NULL,
    record VARCHAR NOT NULL,
    epoch  BIGINT                         -- of the pay that a draw of money fell on
);

CREATE TABLE audit_records (
    draw            BIGINT NOT NULL,
    record          VARCHAR NOT NULL,
    probability_ppm BIGINT NOT NULL
);

-- First bad words about records that were paid for, which a second curator has to confirm.
CREATE TABLE doubts (
    seq        BIGINT NOT NULL,
    doubted_at TIMESTAMP NOT NULL,
    record     VARCHAR NOT NULL,
    curator    VARCHAR NOT NULL,
    reason     VARCHAR NOT NULL,
    drawn_ppm  BIGINT
);

CREATE TABLE appeals (
    seq         BIGINT NOT NULL,
    appealed_at TIMESTAMP NOT NULL,
    record      VARCHAR NOT NULL,
    reason      VARCHAR NOT NULL
);

-- What each record was paid in each epoch, in base units.
CREATE VIEW payouts AS
SELECT
    record, epoch,
    any_value(CASE WHEN what IN ('credit', 'correct') THEN split_part(target, ':', 2) ELSE split_part(source, ':', 2) END)
        AS contributor,
    sum(CASE WHEN what = 'credit' OR (what = 'correct' AND source = 'reserve') THEN units
             WHEN what = 'reverse' THEN -units ELSE 0 END) AS credited,
    sum(CASE WHEN what IN ('credit', 'correct') THEN units ELSE -units END) AS escrow,
    sum(CASE WHEN what = 'vest' THEN units ELSE 0 END) AS vested,
    sum(CASE WHEN what IN ('forfeit', 'penalty') THEN units
             WHEN what = 'correct' AND source = 'forfeited' THEN -units ELSE 0 END) AS forfeited
FROM moves WHERE record IS NOT NULL GROUP BY record, epoch;

-- Every row of every file with its current verdict, weight and novelty in 0..1, and the label that holds now.
CREATE VIEW current_records AS
SELECT
    r.record, r.contribution, r.seq, r.place, r.row_index, r.line, r.datanet, r.contributor, r.content, r.text,
    r.label AS given_label,
    coalesce(d.label, r.label) AS label,
    r.inspected,
    coalesce(v.verdict, r.inspected) AS verdict,
    v.weight_ppm / 1e6 AS weight,
    v.novelty_ppm / 1e6 AS novelty,
    coalesce(v.why, 'inspected') AS why,
    v.partner,
    d.curator AS decided_by,
    d.reason
FROM records AS r
LEFT JOIN verdicts AS v ON v.record = r.record
LEFT JOIN decisions AS d ON d.seq = v.decision_seq;
