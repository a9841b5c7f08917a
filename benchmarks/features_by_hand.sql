-- What a good engineer would write for this one set of features on DuckDB: one pass over the postings, windows over the small
-- table of customer-months. Same meanings as the feature catalogue, nothing of its code. Writes books.by_hand.*.

CREATE SCHEMA IF NOT EXISTS books.by_hand;

SET VARIABLE last_end = (
    SELECT CASE WHEN max(posted_at)::DATE = last_day(max(posted_at)) THEN last_day(max(posted_at))
                ELSE last_day(max(posted_at) - INTERVAL 1 MONTH) END
    FROM books.core.transactions);
SET VARIABLE first_end = (SELECT last_day(min(posted_at)) FROM books.core.transactions);
SET VARIABLE main_currency = (
    SELECT currency FROM books.core.accounts GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1);

CREATE OR REPLACE TEMP TABLE month_ends AS
SELECT last_day(day)::DATE AS as_of, (year(day) * 12 + month(day))::INTEGER AS period
FROM generate_series(getvariable('first_end') - INTERVAL 11 MONTH, getvariable('last_end'), INTERVAL 1 MONTH) AS days(day);

-- Part: where each loan stands

CREATE OR REPLACE TABLE books.by_hand.loan_status AS
WITH open_loans AS (
    SELECT loans.*, as_of
    FROM books.core.loans JOIN month_ends ON disbursed_on <= as_of AND (closed_on IS NULL OR closed_on > as_of)
), repayment AS (
    SELECT loan_id, as_of, count(*) FILTER (paid_on <= as_of) AS paid,
           min(due_on) FILTER (due_on <= as_of AND (paid_on IS NULL OR paid_on > as_of)) AS oldest_unpaid
    FROM open_loans JOIN books.core.instalments USING (loan_id)
    GROUP BY loan_id, as_of
), standing AS (
    SELECT open_loans.*,
           CASE WHEN paid IS NOT NULL THEN coalesce(as_of - oldest_unpaid + 1, 0) END AS days_past_due,
           least(coalesce(paid, datediff('month', disbursed_on, as_of)), tenor_months) AS instalments_paid,
           1 + coalesce(annual_rate, 0) / 12 AS growth
    FROM open_loans LEFT JOIN repayment USING (loan_id, as_of)
)
SELECT loan_id, customer_id, as_of,
       round(principal::DOUBLE * (1 - CASE WHEN growth > 1
                 THEN (growth ** instalments_paid - 1) / nullif(growth ** tenor_months - 1, 0)
                 ELSE instalments_paid / tenor_months END), 2)::DECIMAL(18, 2) AS outstanding,
       days_past_due::INTEGER AS days_past_due,
       CASE WHEN written_off_on <= as_of THEN 'written_off'
            WHEN days_past_due IS NULL THEN NULL
            WHEN days_past_due <= 0 THEN 'standard'
            WHEN days_past_due <= 30 THEN 'SMA-0'
            WHEN days_past_due <= 60 THEN 'SMA-1'
            WHEN days_past_due <= 90 THEN 'SMA-2'
            ELSE 'NPA' END AS sma_class
FROM standing
ORDER BY loan_id, as_of;

-- Part: adding up the months

CREATE OR REPLACE TEMP TABLE account_months AS
WITH postings AS (
    SELECT account_id, customer_id, posted_at, amount, balance_after,
           greatest(posted_at, coalesce(known_at, posted_at)) AS known,
           (year(known) * 12 + month(known))::INTEGER AS period,
           day(posted_at)::INTEGER AS day,
           1 << (day(posted_at)::INTEGER - 1) AS day_bit,
           coalesce(category, '') AS category, coalesce(subcategory, '') AS subcategory,
           coalesce(recurring_kind, '') AS recurring, coalesce(is_own_transfer, false) AS own,
           reversal_of IS NOT NULL AS reversal,
           amount > 0 AND NOT own AND NOT reversal AS received
    FROM books.core.transactions
    WHERE currency = getvariable('main_currency') AND known < getvariable('last_end') + INTERVAL 1 DAY
)
SELECT customer_id, account_id, period,
       count(*) AS postings,
       count_if(category <> '') AS categorised,
       sum(CASE WHEN received AND category IN ('income', 'interest', 'transfer', 'cash', 'investment', '')
                THEN amount ELSE 0 END) AS inflow,
       sum(CASE WHEN received AND (category = 'income' OR recurring = 'salary') THEN amount ELSE 0 END) AS income,
       sum(CASE WHEN received AND recurring = 'salary' THEN amount ELSE 0 END) AS salary,
       count_if(received AND recurring = 'salary') AS salary_count,
       min(CASE WHEN received AND recurring = 'salary' THEN day END) AS salary_day,
       -sum(CASE WHEN NOT own AND (amount <= 0 OR reversal) THEN amount ELSE 0 END) AS outflow,
       -min(CASE WHEN NOT own AND amount <= 0 THEN amount END) AS largest_debit,
       -sum(CASE WHEN category = 'loan_payment' AND subcategory <> 'foreclosure' THEN amount ELSE 0 END) AS emi,
       count_if(category = 'loan_payment' AND subcategory <> 'foreclosure') AS emi_count,
       -sum(CASE WHEN recurring IN ('rent', 'insurance', 'subscription', 'utility') THEN amount ELSE 0 END) AS commitments,
       count_if(amount > 0 AND reversal AND category IN ('loan_payment', 'investment', 'insurance', 'utilities')) AS bounces,
       count_if(amount > 0 AND reversal AND category = 'loan_payment') AS emi_bounces,
       count_if(category = 'fees' AND subcategory IN ('bounce_charge', 'overdraft_penalty', 'card_interest')) AS penalties,
       -sum(CASE WHEN category = 'fees' AND subcategory IN ('bounce_charge', 'overdraft_penalty', 'card_interest')
                 THEN amount ELSE 0 END) AS penalty_fees,
       count_if(category = 'loan_app') AS loan_app_count,
       sum(CASE WHEN category = 'loan_app' THEN amount ELSE 0 END) AS loan_app_net,
       -sum(CASE WHEN category = 'gambling' THEN amount ELSE 0 END) AS gambling,
       -sum(CASE WHEN category = 'investment' THEN amount ELSE 0 END) AS saving,
       -sum(CASE WHEN category = 'cash' AND amount <= 0 THEN amount ELSE 0 END) AS cash_withdrawn,
       -sum(CASE WHEN category IN ('groceries', 'utilities', 'health', 'education', 'school', 'insurance', 'transport',
                                         'fuel', 'rent') THEN amount ELSE 0 END) AS essentials,
       -sum(CASE WHEN category IN ('food_and_dining', 'shopping', 'entertainment', 'subscriptions', 'travel',
                                         'gambling') THEN amount ELSE 0 END) AS discretionary,
       sum(CASE WHEN received AND category = 'transfer' THEN amount ELSE 0 END) AS from_persons,
       bit_or(CASE WHEN NOT own THEN day_bit ELSE 0 END) AS active_days,
       bit_or(CASE WHEN balance_after < 0 THEN day_bit ELSE 0 END) AS negative_days,
       bit_or(CASE WHEN balance_after < 1000 THEN day_bit ELSE 0 END) AS low_days,
       min(balance_after) AS lowest_balance,
       sum(balance_after) AS balance_total,
       count(balance_after) AS balance_count,
       arg_max(balance_after, posted_at) AS closing
FROM postings
GROUP BY customer_id, account_id, period;

CREATE OR REPLACE TABLE books.by_hand.monthly AS
WITH by_kind AS (
    SELECT account_months.*, coalesce(kind, 'savings') IN ('savings', 'current', 'wallet') AS deposit,
           coalesce(kind, '') = 'credit_card' AS card
    FROM account_months LEFT JOIN books.core.accounts USING (account_id)
), postings AS (
    SELECT customer_id, period,
           sum(postings) AS postings, sum(categorised) AS categorised,
           sum(inflow) FILTER (deposit) AS inflow, sum(income) FILTER (deposit) AS income,
           sum(salary) FILTER (deposit) AS salary, sum(salary_count) FILTER (deposit) AS salary_count,
           min(salary_day) FILTER (deposit) AS salary_day,
           sum(outflow) FILTER (deposit) AS outflow, max(largest_debit) FILTER (deposit) AS largest_debit,
           sum(emi) FILTER (deposit) AS emi, sum(emi_count) FILTER (deposit) AS emi_count,
           sum(commitments) AS commitments,
           sum(bounces) FILTER (deposit) AS bounces, sum(emi_bounces) FILTER (deposit) AS emi_bounces,
           sum(penalties) AS penalties, sum(penalty_fees) AS penalty_fees,
           sum(loan_app_count) FILTER (deposit) AS loan_app_count,
           sum(loan_app_net) FILTER (deposit) AS loan_app_net,
           sum(gambling) AS gambling, sum(saving) FILTER (deposit) AS saving,
           sum(cash_withdrawn) FILTER (deposit) AS cash_withdrawn,
           sum(essentials) AS essentials, sum(discretionary) AS discretionary,
           sum(from_persons) FILTER (deposit) AS from_persons,
           bit_count(bit_or(active_days)) AS active_days,
           bit_count(bit_or(negative_days) FILTER (deposit)) AS negative_days,
           bit_count(bit_or(low_days) FILTER (deposit)) AS low_days,
           min(lowest_balance) FILTER (deposit) AS lowest_balance,
           sum(balance_total) FILTER (deposit) AS balance_total, sum(balance_count) FILTER (deposit) AS balance_count
    FROM by_kind WHERE deposit OR card
    GROUP BY customer_id, period
), standing_balances AS (  -- an account without postings keeps its last balance, up to a year
    SELECT customer_id, account_id, deposit, card, closing, period,
           lead(period) OVER (PARTITION BY account_id ORDER BY period) AS following
    FROM by_kind WHERE (deposit OR card) AND closing IS NOT NULL
), balances AS (
    SELECT customer_id, month_ends.period,
           sum(closing) FILTER (deposit) AS closing_balance, sum(closing) FILTER (card) AS card_balance
    FROM standing_balances JOIN month_ends
      ON month_ends.period BETWEEN standing_balances.period AND least(following - 1, standing_balances.period + 11)
    GROUP BY customer_id, month_ends.period
), logins AS (
    SELECT customer_id, (year(started_at) * 12 + month(started_at))::INTEGER AS period, count(*) AS logins
    FROM books.core.sessions WHERE started_at < getvariable('last_end') + INTERVAL 1 DAY
    GROUP BY ALL
), repayments AS (
    SELECT customer_id, (year(paid_on) * 12 + month(paid_on))::INTEGER AS period, count(*) AS instalments_paid,
           count_if(paid_on > due_on) AS instalments_late, sum(greatest(paid_on - due_on, 0)) AS days_late,
           max(greatest(paid_on - due_on, 0)) AS worst_days_late
    FROM books.core.instalments JOIN books.core.loans USING (loan_id)
    WHERE paid_on IS NOT NULL
    GROUP BY ALL
), card_limits AS (
    SELECT customer_id, period, sum(credit_limit) AS card_limit
    FROM books.core.accounts JOIN month_ends ON opened_on <= as_of AND (closed_on IS NULL OR closed_on > as_of)
    WHERE kind = 'credit_card'
    GROUP BY ALL
), open_loans AS (
    SELECT status.customer_id, (year(as_of) * 12 + month(as_of))::INTEGER AS period, count(*) AS open_loans,
           sum(outstanding) AS outstanding, sum(principal) AS borrowed, sum(emi_amount) AS emi_contracted,
           max(annual_rate) AS highest_rate,
           min((as_of - disbursed_on) / 30.4375) AS newest_loan_months,
           max((as_of - disbursed_on) / 30.4375) AS oldest_loan_months,
           max(greatest(tenor_months - (as_of - disbursed_on) / 30.4375, 0)) AS months_left,
           max(days_past_due) AS days_past_due
    FROM books.by_hand.loan_status AS status JOIN books.core.loans USING (loan_id)
    GROUP BY ALL
)
SELECT customers.customer_id, month_ends.period, month_ends.as_of AS ends_on,
       COLUMNS(postings.* EXCLUDE (customer_id, period))::DOUBLE,
       COLUMNS(balances.* EXCLUDE (customer_id, period))::DOUBLE,
       CASE WHEN (SELECT min(started_at) FROM books.core.sessions) < month_ends.as_of
            THEN coalesce(logins, 0)::DOUBLE END AS logins,
       COLUMNS(repayments.* EXCLUDE (customer_id, period))::DOUBLE,
       card_limit::DOUBLE AS card_limit,
       COLUMNS(open_loans.* EXCLUDE (customer_id, period))::DOUBLE
FROM books.core.customers CROSS JOIN month_ends
LEFT JOIN postings USING (customer_id, period)
LEFT JOIN balances USING (customer_id, period)
LEFT JOIN logins USING (customer_id, period)
LEFT JOIN repayments USING (customer_id, period)
LEFT JOIN card_limits USING (customer_id, period)
LEFT JOIN open_loans USING (customer_id, period)
ORDER BY customer_id, period;

-- Part: computing the features

CREATE OR REPLACE TEMP MACRO ratio(part, whole, cap) AS
    CASE WHEN whole > 0 AND part IS NOT NULL THEN greatest(least(part / whole, cap), -cap)
         WHEN whole <= 0 AND part > 0 THEN cap::DOUBLE END;
CREATE OR REPLACE TEMP MACRO variation(total, squares, months) AS
    ratio(sqrt(greatest(squares - total * total / months, 0) / nullif(months - 1, 0)), total / months, 5);

CREATE OR REPLACE TABLE books.by_hand.customer_monthly AS
WITH windowed AS (
    SELECT *,
           min(period) FILTER (categorised > 0) OVER w12 AS sorted_from, min(period) FILTER (postings > 0) OVER w12 AS posted_from,
           -- sums of categorised postings (…m) and of any postings (…p): none is zero once the source covers the customer
           sum(emi_bounces) OVER w1 AS emi_bounces_1m, sum(income) OVER w1 AS income_1m,
           sum(emi) OVER w3 AS emi_3m, sum(emi_bounces) OVER w3 AS emi_bounces_3m, sum(penalties) OVER w3 AS penalties_3m,
           sum(inflow) OVER w3 AS inflow_3m, sum(income) OVER w3 AS income_3m, sum(outflow) OVER w3 AS outflow_3m,
           sum(from_persons) OVER w3 AS from_persons_3m, sum(cash_withdrawn) OVER w3 AS cash_withdrawn_3m,
           sum(discretionary) OVER w3 AS discretionary_3m, sum(essentials) OVER w3 AS essentials_3m,
           sum(saving) OVER w3 AS saving_3m, sum(loan_app_count) OVER w3 AS loan_app_count_3m,
           sum(emi) OVER w6 AS emi_6m, sum(bounces) OVER w6 AS bounces_6m, sum(penalty_fees) OVER w6 AS penalty_fees_6m,
           sum(inflow) OVER w6 AS inflow_6m, sum(income) OVER w6 AS income_6m, sum(income * income) OVER w6 AS income_squares_6m,
           sum((income > 0)::INTEGER) OVER w6 AS income_months_6m, sum(salary) OVER w6 AS salary_6m,
           sum(commitments) OVER w6 AS commitments_6m, sum(outflow) OVER w6 AS outflow_6m,
           sum(outflow * outflow) OVER w6 AS outflow_squares_6m, sum(gambling) OVER w6 AS gambling_6m,
           sum(saving) OVER w6 AS saving_6m, sum(loan_app_net) OVER w6 AS loan_app_net_6m,
           sum(bounces) OVER w12 AS bounces_12m, sum(penalties) OVER w12 AS penalties_12m, sum(inflow) OVER w12 AS inflow_12m,
           sum(inflow * inflow) OVER w12 AS inflow_squares_12m, sum(income) OVER w12 AS income_12m,
           sum(outflow) OVER w12 AS outflow_12m, sum(discretionary) OVER w12 AS discretionary_12m,
           sum(saving) OVER w12 AS saving_12m, sum(loan_app_count) OVER w12 AS loan_app_count_12m,
           sum(postings) OVER w3 AS postings_3p, sum(active_days) OVER w3 AS active_days_3p, sum(low_days) OVER w3 AS low_days_3p,
           sum(balance_total) OVER w3 AS balance_total_3p, sum(balance_count) OVER w3 AS balance_count_3p,
           sum(negative_days) OVER w6 AS negative_days_6p, sum((outflow > inflow)::INTEGER) OVER w6 AS deficit_months_6p,
           sum(postings) OVER w12 AS postings_12p,
           -- the rest as it comes
           max(period) FILTER (bounces > 0) OVER w12 AS last_bounce, max(period) FILTER (salary > 0) OVER w12 AS last_salary,
           max(days_past_due) OVER w6 AS worst_due_6, max(days_past_due) OVER w12 AS worst_due_12,
           sum((days_past_due > 0)::INTEGER) OVER w6 AS overdue_6, sum((days_past_due > 0)::INTEGER) OVER w12 AS overdue_12,
           sum(instalments_late) OVER w3 AS late_3, sum(instalments_late) OVER w12 AS late_12,
           sum(days_late) OVER w6 AS days_late_6, sum(instalments_paid) OVER w6 AS paid_6, max(worst_days_late) OVER w12 AS worst_late_12,
           sum(emi_contracted) OVER w3 AS contracted_3, sum(logins) OVER w3 AS logins_3, sum(logins) OVER w6 AS logins_6,
           avg(salary_day) OVER w6 AS salary_day_6, avg(closing_balance) OVER w3 AS balance_3, avg(closing_balance) OVER w12 AS balance_12,
           avg(lowest_balance) OVER w6 AS mean_lowest_6, min(lowest_balance) OVER w3 AS lowest_3, max(largest_debit) OVER w3 AS largest_3
    FROM books.by_hand.monthly
    WINDOW w1 AS (PARTITION BY customer_id ORDER BY period ROWS 0 PRECEDING),
           w3 AS (PARTITION BY customer_id ORDER BY period ROWS 2 PRECEDING),
           w6 AS (PARTITION BY customer_id ORDER BY period ROWS 5 PRECEDING),
           w12 AS (PARTITION BY customer_id ORDER BY period ROWS 11 PRECEDING)
), covered AS (
    SELECT COLUMNS(name -> NOT regexp_matches(name, '_[0-9]+[mp]$')),
           coalesce(COLUMNS('_[0-9]+m$'), sorted_from * 0), coalesce(COLUMNS('_[0-9]+p$'), posted_from * 0),
           period - sorted_from + 1 AS age, period - posted_from + 1 AS posted_age
    FROM windowed
    WHERE ends_on >= getvariable('first_end') AND (posted_from IS NOT NULL OR open_loans IS NOT NULL)
), observed AS (  -- least() passes over NULL, hence the cases
    SELECT *, CASE WHEN age < 1 THEN age WHEN age >= 1 THEN 1 END AS m1, CASE WHEN age < 3 THEN age WHEN age >= 3 THEN 3 END AS m3,
           CASE WHEN age < 6 THEN age WHEN age >= 6 THEN 6 END AS m6, CASE WHEN age < 12 THEN age WHEN age >= 12 THEN 12 END AS m12,
           CASE WHEN posted_age < 3 THEN posted_age WHEN posted_age >= 3 THEN 3 END AS p3,
           CASE WHEN posted_age < 12 THEN posted_age WHEN posted_age >= 12 THEN 12 END AS p12
    FROM covered
)
SELECT customer_id, ends_on AS as_of,
       days_past_due, worst_due_6 AS worst_days_past_due_6m, worst_due_12 AS worst_days_past_due_12m,
       overdue_6::DOUBLE AS overdue_months_6m, overdue_12::DOUBLE AS overdue_months_12m,
       late_3 AS late_instalments_3m, late_12 AS late_instalments_12m, ratio(days_late_6, paid_6, 90) AS average_days_late_6m,
       worst_late_12 AS worst_days_late_12m, ratio(emi_3m, contracted_3, 2) AS emi_paid_share_3m,
       emi_bounces_1m, emi_bounces_3m, bounces_6m, bounces_12m,
       CASE WHEN sorted_from IS NOT NULL THEN coalesce(period - last_bounce, 12)::DOUBLE END AS months_since_bounce,
       penalties_3m, penalties_12m, ratio(penalty_fees_6m, inflow_6m, 1) AS penalty_fees_to_inflow_6m,
       ratio(emi_3m, income_3m, 3) AS emi_to_income_3m,
       ratio(emi_6m + commitments_6m, income_6m, 3) AS obligations_to_income_6m,
       ratio(emi_contracted, income_6m / m6, 3) AS contracted_emi_to_income_6m,
       ratio(emi_contracted, inflow_3m / m3, 3) AS contracted_emi_to_inflow_3m,
       ratio(outstanding, 12 * income_6m / m6, 20) AS outstanding_to_income_6m,
       ratio(closing_balance, emi_contracted, 20) AS balance_to_emi,
       ratio(balance_total_3p / nullif(balance_count_3p, 0), emi_contracted, 20) AS average_balance_to_emi_3m,
       income_6m / m6 AS income_6m, inflow_3m / m3 AS inflow_3m, inflow_12m / m12 AS inflow_12m,
       ratio(salary_6m, inflow_6m, 1) AS salary_share_6m, ratio(from_persons_3m, inflow_3m, 1) AS from_persons_share_3m,
       variation(income_6m, income_squares_6m, m6) AS income_variation_6m,
       variation(inflow_12m, inflow_squares_12m, m12) AS inflow_variation_12m,
       ratio(income_1m / m1, income_6m / m6, 5) AS income_change_1m,
       ratio(income_3m / m3, income_12m / m12, 5) AS income_change_3m,
       ratio(inflow_3m / m3, inflow_12m / m12, 5) AS inflow_change_3m,
       income_months_6m::DOUBLE AS income_months_6m,
       CASE WHEN sorted_from IS NOT NULL THEN coalesce(period - last_salary, 12)::DOUBLE END AS months_since_salary,
       salary_day - salary_day_6 AS salary_day_shift_6m,
       closing_balance, balance_total_3p / nullif(balance_count_3p, 0) AS average_balance_3m, lowest_3 AS lowest_balance_3m,
       ratio(balance_3, outflow_3m / m3, 20) AS balance_to_outflow_3m, ratio(balance_3, balance_12, 5) AS balance_change_3m,
       ratio(mean_lowest_6, inflow_6m / m6, 20) AS lowest_balance_to_inflow_6m,
       low_days_3p AS low_balance_days_3m, negative_days_6p AS negative_days_6m,
       ratio(-card_balance, card_limit, 2) AS card_utilisation,
       ratio(outflow_3m, inflow_3m, 5) AS outflow_to_inflow_3m, ratio(outflow_12m, inflow_12m, 5) AS outflow_to_inflow_12m,
       deficit_months_6p::DOUBLE AS deficit_months_6m, variation(outflow_6m, outflow_squares_6m, m6) AS outflow_variation_6m,
       ratio(largest_3, inflow_3m / m3, 5) AS largest_debit_to_inflow_3m, ratio(cash_withdrawn_3m, outflow_3m, 1) AS cash_share_3m,
       ratio(discretionary_3m, inflow_3m, 3) AS discretionary_to_inflow_3m,
       ratio(essentials_3m, inflow_3m, 3) AS essentials_to_inflow_3m,
       ratio(discretionary_3m / m3, discretionary_12m / m12, 5) AS discretionary_change_3m,
       ratio(gambling_6m, inflow_6m, 1) AS gambling_to_inflow_6m, ratio(saving_6m, inflow_6m, 1) AS saving_rate_6m,
       ratio(saving_3m / m3, saving_12m / m12, 5) AS saving_change_3m,
       loan_app_count_3m AS loan_app_uses_3m, loan_app_count_12m AS loan_app_uses_12m,
       ratio(loan_app_net_6m, inflow_6m / m6, 5) AS loan_app_owed_to_inflow_6m,
       open_loans, highest_rate, 1 - ratio(outstanding, borrowed, 1) AS repaid_share, newest_loan_months, months_left, outstanding,
       postings_3p / p3 AS postings_3m, ratio(postings_3p / p3, postings_12p / p12, 5) AS postings_change_3m,
       active_days_3p / p3 AS active_days_3m, logins_3 AS logins_3m, ratio(logins_3 * 2, logins_6, 5) AS logins_change_3m
FROM observed
ORDER BY as_of, customer_id;
