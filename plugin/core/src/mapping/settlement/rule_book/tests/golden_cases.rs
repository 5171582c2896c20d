//! What each posting rule makes of a day that it is for.

use super::*;

/// Category, marketplace, day; then rule, VAT and nominal.
const GOLDEN: &str = "
    sale-goods             GB 2026-11-02  sale                          as-sale         invoice
    sale-withheld-vat      DE 2024-07-31  sale                          as-sale         invoice
    sale-goodwill          GB 2026-11-02  sale-goodwill                 outside-scope   goodwill
    refund-goods-vat       GB 2026-11-02  refund                        as-sale         original-sale
    refund-return-delivery FR 2026-11-02  refund                        as-sale         original-sale
    refund-goodwill        GB 2026-11-02  refund-goodwill               outside-scope   goodwill

    fee-selling            GB 2024-07-31  selling-luxembourg            reverse-charge  selling-fees
    fee-selling            GB 2024-08-01  selling-uk-branch             standard        selling-fees
    fee-selling            DE 2024-07-31  selling-luxembourg            reverse-charge  selling-fees
    fee-selling            DE 2024-08-01  selling-uk-branch             standard        selling-fees
    fee-selling            IE 2026-11-02  selling-uk-branch             standard        selling-fees
    fee-subscription       GB 2026-11-02  selling-uk-branch             standard        selling-fees
    fee-liquidation        GB 2026-11-02  selling-uk-branch             standard        selling-fees
    fee-selling-vat        GB 2026-11-02  selling-uk-branch             standard        selling-fees
    fee-selling            PL 2026-11-02  selling-local                 outside-scope   selling-fees
    fee-selling            TR 2023-01-15  selling-local                 outside-scope   selling-fees
    fee-selling            US 2024-08-01  selling-abroad                reverse-charge  selling-fees
    fee-selling            JP 2019-03-01  selling-abroad                reverse-charge  selling-fees

    fee-fulfilment         GB 2024-07-31  fulfilment-luxembourg         reverse-charge  fulfilment-fees
    fee-fulfilment         GB 2024-08-01  fulfilment-uk-branch          standard        fulfilment-fees
    fee-inbound-net        GB 2026-11-02  fulfilment-uk-branch          standard        fulfilment-fees
    fee-removal            FR 2024-07-31  fulfilment-luxembourg-europe  reverse-charge  fulfilment-fees
    fee-removal            FR 2024-08-01  fulfilment-uk-branch-europe   zero            fulfilment-fees
    fee-fulfilment         PL 2026-11-02  fulfilment-local              outside-scope   fulfilment-fees
    fee-fulfilment         US 2026-11-02  fulfilment-abroad             reverse-charge  fulfilment-fees

    fee-storage            GB 2024-07-31  storage-luxembourg            reverse-charge  storage-fees
    fee-storage            GB 2024-08-01  storage-uk-branch             standard        storage-fees
    fee-storage-net        IT 2024-08-01  storage-uk-branch             standard        storage-fees
    fee-storage            TR 2026-11-02  storage-local                 outside-scope   storage-fees
    fee-storage            CA 2026-11-02  storage-abroad                reverse-charge  storage-fees

    fee-eco-contribution   FR 2024-07-31  eco-luxembourg                reverse-charge  eco-contributions
    fee-eco-contribution   GB 2024-08-01  eco-uk-branch                 standard        eco-contributions
    fee-eco-contribution   PL 2026-11-02  eco-local                     outside-scope   eco-contributions
    fee-eco-contribution   US 2026-11-02  eco-abroad                    reverse-charge  eco-contributions

    fee-advertising        GB 2019-01-01  advertising-uk                standard        advertising
    fee-advertising        GB 2024-08-01  advertising-uk                standard        advertising
    fee-advertising        DE 2026-11-02  advertising-abroad            reverse-charge  advertising
    fee-advertising        PL 2026-11-02  advertising-local             outside-scope   advertising

    fee-postage            GB 2026-11-02  postage-uk                    standard        postage
    fee-postage            SE 2026-11-02  postage-abroad                reverse-charge  postage
    fee-postage            TR 2026-11-02  postage-local                 outside-scope   postage

    reimbursement          GB 2026-11-02  reimbursement                 outside-scope   other-income
    other-income           DE 2026-11-02  other-income                  outside-scope   other-income
    liquidation            GB 2026-11-02  liquidation-uk                standard        liquidations
    liquidation-vat        GB 2026-11-02  liquidation-uk                standard        liquidations
    liquidation            US 2026-11-02  liquidation-abroad            outside-scope   liquidations

    reserve                GB 2026-11-02  reserve                       none            reserve
    carried-forward        GB 2026-11-02  carried-forward               none            reserve
    bank                   GB 2026-11-02  bank                          none            payout-account
    loan                   GB 2026-11-02  loan                          none            loan
    inter-marketplace      BE 2026-11-02  inter-marketplace             none            inter-marketplace
    suspense               GB 2026-11-02  suspense                      none            suspense
";

struct GoldenCase {
    context: PostingContext,
    rule: &'static str,
    vat: PostingVat,
    nominal: PostingNominal,
}

fn cases() -> Vec<GoldenCase> {
    GOLDEN.lines().filter(|line| !line.trim().is_empty()).map(read_case).collect()
}

fn read_case(line: &'static str) -> GoldenCase {
    let words: Vec<&'static str> = line.split_whitespace().collect();
    let [category, marketplace, date, rule, vat, nominal] = words[..] else {
        panic!("`{line}` has six words")
    };
    let context = PostingContext {
        category: Category::parse(category).expect(category),
        marketplace: country(marketplace),
        fulfilment: None,
        date: date.parse().expect(date),
    };
    let vat = PostingVat::parse(vat).expect(vat);
    let nominal = PostingNominal::parse(nominal).expect(nominal);
    GoldenCase { context, rule, vat, nominal }
}

#[test]
fn golden_cases_are_posted_as_they_stand() {
    let rules = RuleBook::built_in();
    for GoldenCase { context, rule, vat, nominal } in cases() {
        let posting = rules.posting(&context);
        assert_eq!((posting.id.as_str(), posting.vat, posting.nominal), (rule, vat, nominal), "{context:?}");
    }
}

#[test]
fn every_rule_has_its_golden_case() {
    let cases = cases();
    let has = |rule: &PostingRule, day: Option<NaiveDate>| {
        cases.iter().any(|case| case.rule == rule.id && day.is_none_or(|day| day == case.context.date))
    };
    for rule in built_in_posting_rules() {
        assert!(has(&rule, None), "{} has no golden case", rule.id);
        // A change of VAT is shown on the last day before it and on the first day of it.
        let begins_later = (rule.from > FIRST_DAY).then_some(rule.from);
        for day in begins_later.into_iter().chain(rule.until) {
            assert!(has(&rule, Some(day)), "{} has no golden case on {day}, where VAT changes", rule.id);
        }
    }
}
