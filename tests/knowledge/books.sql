-- Small books, made by hand. Clock: 20 Jun 2026.

INSERT INTO books.core.customers
  (customer_id, full_name, gender, birth_date, phone, email, city, state, region, occupation, kyc_status, joined_on, closed_on)
VALUES
  ('A', 'Asha Rao', 'F', DATE '1990-07-01', '+919812345678', 'asha@mail.in', 'Pune', 'Maharashtra', 'West', 'salaried', 'verified', DATE '2024-01-10', NULL),
  ('B', 'Binod Das', 'M', DATE '1999-06-19', '+919812345679', 'b@mail.in', 'Pune', 'Maharashtra', 'West', 'gig', 'pending', DATE '2024-03-05', DATE '2026-05-15'),
  ('C', 'Chitra Nair', 'F', NULL, NULL, NULL, 'Bengaluru', 'Karnataka', 'South', 'business', 'verified', DATE '2025-06-01', NULL),
  ('D', 'Dev Shah', 'M', DATE '1970-01-01', NULL, NULL, NULL, NULL, NULL, 'retired', 'expired', DATE '2026-06-02', NULL),
  ('E', 'Esha Jain', 'F', DATE '1985-01-01', NULL, NULL, 'O''Hara; DROP', NULL, NULL, 'salaried', 'verified', DATE '2024-02-01', NULL);

INSERT INTO books.core.accounts
  (account_id, customer_id, kind, currency, card_number, credit_limit, branch, opened_on, closed_on)
VALUES
  ('a1', 'A', 'savings', 'INR', NULL, NULL, 'Camp', DATE '2024-01-10', NULL),
  ('a2', 'A', 'credit_card', 'INR', '4160211234561234', 100000, 'Camp', DATE '2024-01-10', NULL),
  ('b1', 'B', 'savings', 'INR', NULL, NULL, 'Camp', DATE '2024-03-05', DATE '2026-05-15'),
  ('c1', 'C', 'current', 'INR', NULL, NULL, 'Indiranagar', DATE '2025-06-01', NULL),
  ('d1', 'D', 'savings', 'INR', NULL, NULL, NULL, DATE '2026-06-02', NULL),
  ('e1', 'E', 'savings', 'INR', NULL, NULL, 'Camp', DATE '2024-02-01', NULL);

INSERT INTO books.core.transactions
  (transaction_id, account_id, customer_id, posted_at, amount, currency, balance_after, mode, direction, narration, merchant, category, subcategory, recurring_kind, is_own_transfer, reversal_of)
VALUES
  ('t1', 'a1', 'A', TIMESTAMP '2026-05-01 10:00', 50000, 'INR', 60000, 'neft', 'credit', 'NEFT CR', NULL, 'income', 'salary', 'salary', FALSE, NULL),
  ('t2', 'a1', 'A', TIMESTAMP '2026-05-05 09:00', -8000, 'INR', 52000, 'nach', 'debit', 'ACH D', NULL, 'loan_payment', 'emi', 'emi', FALSE, NULL),
  ('t3', 'a1', 'A', TIMESTAMP '2026-05-05 12:00', 8000, 'INR', 60000, 'nach', 'credit', 'ACH RTN', NULL, 'loan_payment', 'emi_return', NULL, FALSE, 't2'),
  ('t4', 'a1', 'A', TIMESTAMP '2026-05-31 23:59', -1200.50, 'INR', 58799.50, 'upi', 'debit', 'UPI', 'Swiggy', 'food_and_dining', 'delivery', NULL, NULL, NULL),
  ('t5', 'a2', 'A', TIMESTAMP '2026-06-01 00:00', -20000, 'INR', -20000, 'card', 'debit', 'CARD', 'Croma', 'shopping', 'electronics', NULL, FALSE, NULL),
  ('t6', 'b1', 'B', TIMESTAMP '2026-05-10 08:00', -700, 'INR', -300, 'atm', 'debit', 'ATM', NULL, 'cash', 'atm_withdrawal', NULL, FALSE, NULL),
  ('t7', 'c1', 'C', TIMESTAMP '2026-06-03 08:00', -5000, 'INR', 1000, 'upi', 'debit', 'UPI', 'Dream 11', 'gambling', NULL, NULL, FALSE, NULL),
  ('t8', 'c1', 'C', TIMESTAMP '2026-06-04 08:00', 9000, 'INR', 10000, 'imps', 'credit', 'IMPS', NULL, 'transfer', NULL, NULL, TRUE, NULL),
  ('t9', 'd1', 'D', TIMESTAMP '2026-06-20 23:00', -10, 'INR', 90, 'upi', 'debit', 'UPI', 'Swiggy', NULL, NULL, NULL, FALSE, NULL),
  ('t0', 'e1', 'E', TIMESTAMP '2026-06-21 01:00', -99, 'INR', 1, 'upi', 'debit', 'UPI', 'Swiggy', NULL, NULL, NULL, FALSE, NULL);

INSERT INTO books.core.loans
  (loan_id, customer_id, account_id, product, principal, annual_rate, tenor_months, disbursed_on, emi_amount, closed_on, written_off_on)
VALUES
  ('l1', 'A', 'a1', 'personal_loan', 100000, 0.16, 12, DATE '2026-01-05', 9073, NULL, NULL),
  ('l2', 'A', 'a1', 'gold_loan', 300000, 0.10, 24, DATE '2026-02-05', 13843, NULL, NULL),
  ('l3', 'B', 'b1', 'two_wheeler', 80000, 0.18, 24, DATE '2025-08-05', 3994, NULL, NULL),
  ('l4', 'C', 'c1', 'business_loan', 500000, 0.14, 36, DATE '2025-07-05', 17089, NULL, NULL),
  ('l5', 'E', 'e1', 'personal_loan', 50000, 0.20, 12, DATE '2024-07-05', 4632, NULL, DATE '2026-03-01');

INSERT INTO books.core.instalments
  (loan_id, instalment_no, due_on, amount_due, paid_on, amount_paid)
VALUES
  ('l1', 1, DATE '2026-05-05', 9073, DATE '2026-05-05', 9073),
  ('l1', 2, DATE '2026-06-05', 9073, NULL, 4000),
  ('l1', 3, DATE '2026-07-05', 9073, NULL, 0),
  ('l3', 1, DATE '2026-05-05', 3994, DATE '2026-05-25', 3994);

INSERT INTO books.core.sessions
  (customer_id, started_at, channel)
VALUES
  ('A', TIMESTAMP '2026-06-01 10:00', 'app'),
  ('A', TIMESTAMP '2026-06-02 10:00', 'web'),
  ('C', TIMESTAMP '2026-05-02 10:00', 'app');

INSERT INTO books.core.recurring_payments
  (customer_id, party, direction, recurring_kind, cadence, hits, amount, spread, first_on, last_on, next_expected_on, bounces)
VALUES
  ('A', 'ACME', 'credit', 'salary', 'monthly', 6, 50000, 0.01, DATE '2025-12-31', DATE '2026-05-29', DATE '2026-06-29', 0),
  ('B', 'R SHARMA', 'debit', 'rent', 'monthly', 5, 12000, 0, DATE '2026-01-03', DATE '2026-05-03', DATE '2026-06-03', 1);

INSERT INTO books.core.loan_status
  (loan_id, customer_id, as_of, outstanding, days_past_due, sma_class)
VALUES
  ('l1', 'A', DATE '2026-04-30', 95000, 0, 'standard'),
  ('l2', 'A', DATE '2026-04-30', 290000, 0, 'standard'),
  ('l3', 'B', DATE '2026-04-30', 60000, 40, 'SMA-1'),
  ('l4', 'C', DATE '2026-04-30', 450000, 95, 'NPA'),
  ('l5', 'E', DATE '2026-04-30', 20000, 400, 'written_off'),
  ('l1', 'A', DATE '2026-05-31', 90000, 12, 'SMA-0'),
  ('l2', 'A', DATE '2026-05-31', 280000, 0, 'standard'),
  ('l3', 'B', DATE '2026-05-31', 58000, 71, 'SMA-2'),
  ('l4', 'C', DATE '2026-05-31', 450000, 126, 'NPA'),
  ('l5', 'E', DATE '2026-05-31', 20000, 431, 'written_off');

INSERT INTO books.scores.history
  (customer_id, as_of, model, version, score, probability, band, rank, percentile, exposure, expected_loss, backcast)
VALUES
  ('A', DATE '2026-04-30', 'credit', 'v1', 640, 0.02, 'low', 2, 0, 385000, 3465, FALSE),
  ('B', DATE '2026-04-30', 'credit', 'v1', 560, 0.15, 'high', 1, 50, 60000, 4050, FALSE),
  ('A', DATE '2026-05-31', 'credit', 'v1', 620, 0.04, 'medium', 2, 0, 370000, 6660, FALSE),
  ('B', DATE '2026-05-31', 'credit', 'v1', 540, 0.30, 'very high', 1, 50, 58000, 7830, FALSE),
  ('A', DATE '2026-05-31', 'churn', 'v3', NULL, 0.50, 'high', 1, 0, NULL, NULL, FALSE),
  ('A', DATE '2026-06-30', 'churn', 'v3', NULL, 0.60, 'high', 1, 0, NULL, NULL, FALSE);

INSERT INTO books.scores.latest BY NAME
SELECT * FROM books.scores.history WHERE model = 'credit' AND as_of = '2026-05-31';

ALTER TABLE books.features.applications ADD COLUMN emi_asked DOUBLE;
ALTER TABLE books.features.customer_monthly ADD COLUMN closing_balance DOUBLE;
ALTER TABLE books.features.customer_monthly ADD COLUMN card_utilisation DOUBLE;
ALTER TABLE books.features.customer_monthly ADD COLUMN income_6m DOUBLE;
ALTER TABLE books.features.customer_monthly ADD COLUMN obligations_to_income_6m DOUBLE;
INSERT INTO books.features.customer_monthly
VALUES
  ('A', DATE '2026-05-31', 58799.5, 0.2, 50000, 0.4),
  ('B', DATE '2026-05-31', 300, NULL, NULL, NULL);
