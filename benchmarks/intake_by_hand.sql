-- What a good engineer would write for this one export on DuckDB: its columns, its banks' wordings, one pass for each step.
-- Same steps as an intake, nothing of its code. Fills raw.postings, core.* and quality.findings of its own books.
-- Given: {csv}, {file_id}, and the tables known_merchants (key, merchant, category, subcategory) and given_names (name).

-- Part: reading
CREATE OR REPLACE TEMP TABLE export AS
SELECT "Account No" AS account_id, "Customer No" AS customer_id, "Txn Date"::TIMESTAMP AS posted_at, Narration AS narration,
       "Ref No" AS reference, (coalesce(Deposit, 0) - coalesce(Withdrawal, 0))::DECIMAL(18, 2) AS amount, Balance AS balance_after
FROM read_csv('{csv}', header = true, dateformat = '%d/%m/%Y', columns = {
    'Account No': 'VARCHAR', 'Customer No': 'VARCHAR', 'Txn Date': 'DATE', 'Narration': 'VARCHAR', 'Ref No': 'VARCHAR',
    'Withdrawal': 'DECIMAL(18,2)', 'Deposit': 'DECIMAL(18,2)', 'Balance': 'DECIMAL(18,2)'});
INSERT INTO books.raw.postings BY NAME
SELECT md5(concat_ws(chr(31), account_id, posted_at::VARCHAR, amount::VARCHAR, coalesce(balance_after::VARCHAR, ''),
           upper(narration), coalesce(reference, ''))) AS posting_id,
       '{file_id}' AS file_id, rowid + 2 AS line, rowid + 2 AS ordinal, account_id, customer_id, posted_at, posted_at AS known_at,
       amount, 'INR' AS currency, balance_after, narration, reference, 'by hand' AS source
FROM export ORDER BY customer_id, posted_at, line;
DROP TABLE export;
INSERT INTO books.core.accounts BY NAME
SELECT account_id, any_value(customer_id) AS customer_id, 'savings' AS kind, 'INR' AS currency FROM books.raw.postings GROUP BY account_id;
INSERT INTO books.core.customers BY NAME SELECT DISTINCT customer_id FROM books.core.accounts;

-- Part: copies
CREATE OR REPLACE TEMP TABLE doubled AS
SELECT account_id, posting_id, min(line) AS stays FROM books.raw.postings GROUP BY ALL HAVING count(*) > 1;
INSERT INTO books.quality.findings BY NAME
SELECT 'duplicate' AS kind, account_id, customer_id, posting_id AS transaction_id, posted_at::DATE AS day, file_id, line,
       amount AS found, 'The same posting came more than once.' AS sentence
FROM books.raw.postings JOIN doubled USING (account_id, posting_id) WHERE line <> stays;

-- Part: narrations
CREATE OR REPLACE TEMP TABLE said AS
WITH formed AS (
    SELECT postings.* EXCLUDE (mode, counterparty, vpa, mcc, merchant, category, subcategory, city), upper(narration) AS n, CASE
        WHEN starts_with(n, 'UPI-') THEN 1 WHEN starts_with(n, 'REV-UPI-') THEN 2
        WHEN n LIKE '%TFR UPI/%' OR n LIKE '%TRANSFER-UPI/%' THEN 3
        WHEN starts_with(n, 'UPI/P2') THEN 4 WHEN starts_with(n, 'UPI/RFND/') THEN 5
        WHEN starts_with(n, 'UPI/') THEN CASE WHEN n[5] BETWEEN '0' AND '9' THEN 6 ELSE 7 END
        WHEN starts_with(n, 'NEFT CR-') OR starts_with(n, 'NEFT DR-') OR starts_with(n, 'RTGS DR-') THEN 8
        WHEN n LIKE '%TRANSFER-NEFT*%' THEN 9 WHEN starts_with(n, 'INF/NEFT/') THEN 10 WHEN starts_with(n, 'NEFT/MB/') THEN 11
        WHEN starts_with(n, 'NEFT/') THEN 12 WHEN starts_with(n, 'NEFT-') THEN 13
        WHEN starts_with(n, 'MMT/IMPS/') THEN 14 WHEN starts_with(n, 'IMPS/P2A/') THEN 15 WHEN starts_with(n, 'IMPS-') THEN 16
        WHEN starts_with(n, 'RECD:IMPS/') OR starts_with(n, 'SENT IMPS/') THEN 17 WHEN starts_with(n, 'BY TRF. IMPS') THEN 18
        WHEN starts_with(n, 'ACH D RTN- ') THEN 19 WHEN starts_with(n, 'ACH D- ') THEN 20 WHEN n LIKE '%ACHDR RETURN %' THEN 21
        WHEN starts_with(n, 'DEBIT-ACHDR') THEN 22 WHEN starts_with(n, 'ACH/RTN/') THEN 23 WHEN starts_with(n, 'ACH/') THEN 24
        WHEN starts_with(n, 'ACH-DR-RTN-') THEN 25 WHEN starts_with(n, 'ACH-DR-') THEN 26
        WHEN starts_with(n, 'NACH-MUT-DR-') THEN 27 WHEN starts_with(n, 'NACH DR RETURN-') THEN 28
        WHEN n LIKE '%RETURN CHARGES%' OR n LIKE '%RTNCHGS%' OR n LIKE '%RTN CHRG%' OR starts_with(n, 'CHRG: ECS') THEN 29
        WHEN starts_with(n, 'POS ') OR n LIKE '%TRANSFER-POS %' OR starts_with(n, 'ME DC SI') THEN 30
        WHEN starts_with(n, 'IPS/') OR starts_with(n, 'VPS/') OR starts_with(n, 'POS/') OR starts_with(n, 'ECOM PUR/') THEN 31
        WHEN starts_with(n, 'PCD/') OR starts_with(n, 'PCI/') THEN 32 WHEN n LIKE '%-ECOM %' THEN 33
        WHEN starts_with(n, 'NWD-') OR starts_with(n, 'ATM') OR starts_with(n, 'ATL/') OR starts_with(n, 'NFS/CASH') THEN 34
        WHEN n LIKE '%BILLPAY%' OR n LIKE '%BILL PAY%' OR starts_with(n, 'BIL/ONL/') OR n LIKE '%TRANSFER-INB %' THEN 35
        WHEN starts_with(n, 'CHQ PAID') THEN 36 WHEN n LIKE '%CASH DEPOSIT%' THEN 37 WHEN n LIKE '%INTEREST%' THEN 38
        WHEN n LIKE '%CHARGES%' THEN 39 WHEN starts_with(n, 'REFUND ') THEN 40 WHEN starts_with(n, 'PAID TO ') THEN 41
        WHEN starts_with(n, 'MONEY ADDED') THEN 42 WHEN starts_with(n, 'PAYMENT RECEIVED') THEN 43
        WHEN n LIKE '% IN' THEN 44 ELSE 45 END AS form
    FROM books.raw.postings ANTI JOIN (
        SELECT account_id, line FROM books.raw.postings JOIN doubled USING (account_id, posting_id) WHERE line <> stays
    ) USING (account_id, line)
), cut AS (
    SELECT *, CASE WHEN form IN (1, 2, 8, 13, 16, 19, 20, 25, 26, 27, 28, 36) THEN string_split(narration, '-')
                   WHEN form = 9 THEN string_split(narration, '*') ELSE string_split(narration, '/') END AS p
    FROM formed
)
SELECT * EXCLUDE (n, p, reference),
       CASE WHEN form <= 7 OR form IN (41, 42) THEN 'upi' WHEN n LIKE 'RTGS%' THEN 'rtgs' WHEN form <= 13 THEN 'neft'
            WHEN form <= 18 THEN 'imps' WHEN form <= 29 THEN 'nach' WHEN form <= 32 THEN 'pos' WHEN form IN (33, 40, 43, 44) THEN 'card'
            WHEN form = 34 THEN 'atm' WHEN form = 35 THEN 'netbanking' WHEN form = 36 THEN 'cheque' WHEN form = 37 THEN 'cash'
            ELSE 'other' END AS mode,
       nullif(trim(CASE form
            WHEN 1 THEN p[2] WHEN 2 THEN p[3] WHEN 3 THEN p[4] WHEN 4 THEN p[4] WHEN 5 THEN p[4]
            WHEN 6 THEN split_part(p[4], '@', 1) WHEN 7 THEN p[2] WHEN 8 THEN p[3] WHEN 9 THEN split_part(p[4], '--', 1)
            WHEN 10 THEN p[6] WHEN 11 THEN p[4] WHEN 12 THEN p[3] WHEN 13 THEN p[3] WHEN 14 THEN p[5] WHEN 15 THEN p[4]
            WHEN 16 THEN p[3] WHEN 17 THEN p[3] WHEN 18 THEN regexp_extract(narration, 'FROM (.*) \d+$', 1) WHEN 19 THEN p[2]
            WHEN 20 THEN p[2] WHEN 21 THEN regexp_extract(narration, 'RETURN (.*) \S+--$', 1)
            WHEN 22 THEN regexp_extract(narration, '^\S+ \S+ (.*) \S+--$', 1) WHEN 23 THEN p[3] WHEN 24 THEN p[2] WHEN 25 THEN p[4]
            WHEN 26 THEN p[3] WHEN 27 THEN p[4] WHEN 28 THEN p[2]
            WHEN 30 THEN regexp_extract(narration, '^(?:POS \S+|ME DC SI \S+|.*-POS \d+) (.*)$', 1) WHEN 31 THEN p[2] WHEN 32 THEN p[3]
            WHEN 33 THEN regexp_extract(narration, 'ECOM \d+ (.*)--$', 1) WHEN 36 THEN p[3]
            WHEN 40 THEN regexp_extract(narration, '^REFUND (.*) \d+$', 1) WHEN 41 THEN regexp_extract(narration, '^Paid to (.*) \d+$', 1)
            WHEN 44 THEN regexp_extract(narration, '^(.*) \S+ IN$', 1) END), '') AS counterparty,
       CASE form WHEN 1 THEN p[3] WHEN 2 THEN p[4] WHEN 3 THEN p[6] WHEN 6 THEN p[4] END AS vpa,
       CASE form WHEN 1 THEN p[4] WHEN 8 THEN p[2] WHEN 9 THEN p[2] WHEN 10 THEN p[4] END AS ifsc,
       coalesce(reference, regexp_extract(narration, '\d{12}')) AS reference,
       CASE form WHEN 1 THEN p[6] WHEN 3 THEN p[7] WHEN 4 THEN p[5] WHEN 6 THEN p[3] WHEN 7 THEN p[4] WHEN 8 THEN p[-1]
                 WHEN 12 THEN p[-1] WHEN 14 THEN p[4] END AS remark,
       form IN (2, 5, 19, 21, 23, 25, 28, 40) AS takes_back
FROM cut;

-- Part: categories
CREATE OR REPLACE TEMP TABLE parties AS
WITH names AS (
    SELECT DISTINCT counterparty, lower(regexp_replace(counterparty, '[^A-Za-z0-9]|(?i:\b(?:private|pvt|limited|ltd|india)\b)', '', 'g')) AS key
    FROM said WHERE counterparty IS NOT NULL
)
SELECT counterparty, any_value(merchant) AS merchant, coalesce(any_value(category), '') AS category,
       any_value(subcategory) AS subcategory, any_value(name) IS NOT NULL AS person
FROM names LEFT JOIN known_merchants ON names.key = known_merchants.key OR (length(names.key) = 8 AND known_merchants.key[1:8] = names.key)
LEFT JOIN given_names ON lower(split_part(counterparty, ' ', 1)) = name
GROUP BY counterparty;
CREATE OR REPLACE TEMP TABLE coming AS
SELECT said.* EXCLUDE (form), form, parties.merchant, upper(coalesce(remark, narration)) AS note,
       CASE WHEN form = 34 THEN 'cash' WHEN form = 37 THEN 'cash' WHEN form = 38 THEN 'interest' WHEN form IN (29, 39) THEN 'fees'
            WHEN form IN (20, 22, 24, 26, 27) THEN CASE WHEN category IN ('investment', 'insurance') THEN category ELSE 'loan_payment' END
            WHEN form IN (19, 21, 23, 25, 28) THEN CASE WHEN category IN ('investment', 'insurance') THEN category ELSE 'loan_payment' END
            WHEN amount > 0 AND regexp_matches(note, '\b(SALARY|SAL|PAYROLL|WAGES|PENSION|BONUS|PAYOUT|INVOICE)\b') THEN 'income'
            WHEN amount < 0 AND regexp_matches(note, '\bEMI\b') THEN 'loan_payment'
            WHEN amount < 0 AND regexp_matches(note, '\bRENT\b') THEN 'rent'
            WHEN takes_back THEN 'refund' WHEN category <> '' THEN category WHEN person THEN 'transfer' ELSE '' END AS category,
       CASE WHEN amount > 0 AND regexp_matches(note, '\b(SALARY|SAL|PAYROLL|WAGES)\b') THEN 'salary'
            WHEN form = 29 THEN 'bounce_charge' ELSE subcategory END AS subcategory,
       CASE WHEN category <> '' THEN 0.95 WHEN person THEN 0.85 ELSE 0.0 END AS category_confidence, 'by hand' AS category_rule
FROM said LEFT JOIN parties USING (counterparty);
DROP TABLE said;

-- Part: rows beside rows
CREATE OR REPLACE TEMP TABLE reversing AS
SELECT later.posting_id, max_by(earlier.posting_id, earlier.posted_at) AS reversal_of
FROM coming AS later JOIN coming AS earlier ON later.account_id = earlier.account_id AND later.amount = -earlier.amount
     AND earlier.posted_at BETWEEN later.posted_at - INTERVAL 30 DAY AND later.posted_at
WHERE later.takes_back AND NOT earlier.takes_back
GROUP BY later.posting_id;
CREATE OR REPLACE TEMP TABLE own_transfers AS
SELECT unnest([debit.posting_id, credit.posting_id]) AS posting_id
FROM coming AS debit JOIN coming AS credit ON debit.customer_id = credit.customer_id AND debit.account_id <> credit.account_id
     AND debit.amount = -credit.amount AND credit.posted_at BETWEEN debit.posted_at - INTERVAL 2 DAY AND debit.posted_at + INTERVAL 2 DAY
WHERE debit.amount < 0 AND debit.category IN ('', 'transfer') AND credit.category IN ('', 'transfer');
CREATE OR REPLACE TEMP TABLE repeating AS
WITH candidates AS (
    SELECT posting_id, customer_id, upper(coalesce(merchant, counterparty[1:15])) AS party, amount > 0 AS credit, category,
           posted_at::DATE AS day, abs(amount)::DOUBLE AS size
    FROM coming
    WHERE category IN ('loan_payment', 'investment', 'insurance', 'subscriptions', 'utilities', 'rent', 'transfer') OR subcategory = 'salary'
), timed AS (
    SELECT *, day - lag(day) OVER (PARTITION BY customer_id, party, credit, category ORDER BY day) AS gap FROM candidates
), found AS (
    SELECT customer_id, party, credit, category, median(size) AS usual FROM timed WHERE party IS NOT NULL
    GROUP BY ALL HAVING count(*) >= 3 AND median(gap) BETWEEN 27 AND 34 AND stddev_pop(size) / avg(size) < 0.2
)
SELECT posting_id, CASE WHEN credit THEN 'salary' WHEN category = 'loan_payment' THEN 'emi' WHEN category = 'investment' THEN 'sip'
                        WHEN category IN ('rent', 'transfer') THEN 'rent' WHEN category = 'utilities' THEN 'utility'
                        ELSE category END AS recurring_kind
FROM timed JOIN found USING (customer_id, party, credit, category);

-- Part: writing the books
INSERT INTO books.core.transactions BY NAME
SELECT posting_id AS transaction_id, account_id, customer_id, posted_at + to_microseconds(ordinal) AS posted_at,
       posted_at::DATE AS value_date, known_at, amount, currency, balance_after, mode,
       CASE WHEN amount > 0 THEN 'credit' ELSE 'debit' END AS direction, narration, counterparty, vpa, reference, ifsc, remark,
       merchant, nullif(category, '') AS category, subcategory, category_confidence, category_rule, recurring_kind,
       own.posting_id IS NOT NULL AS is_own_transfer, reversal_of, source
FROM coming LEFT JOIN reversing USING (posting_id) LEFT JOIN repeating USING (posting_id)
     LEFT JOIN (SELECT DISTINCT posting_id FROM own_transfers) AS own USING (posting_id)
ORDER BY customer_id, posted_at;

-- Part: adding up the balances
INSERT INTO books.quality.findings BY NAME
SELECT 'balance_break' AS kind, account_id, customer_id, posting_id AS transaction_id, posted_at::DATE AS day, file_id, line,
       before + amount AS expected, balance_after AS found, 'The balance does not follow.' AS sentence
FROM (SELECT *, lag(balance_after) OVER (PARTITION BY account_id ORDER BY posted_at, ordinal) AS before FROM coming)
WHERE before + amount <> balance_after;
DROP TABLE coming;
