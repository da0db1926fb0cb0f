/** What the demo's working group has noted down. */
export const workingNote = `Project Harbour: working note

For the working group only. Inside information until the announcement is out.

To do before the board meets
- Reporting accountants to confirm the 2025 figures of the Target.
- Counsel to advise whether the pharmaceutical licence may be named.
- Check the deferred payment against the profit forecast.

Open questions
- Who at the Seller's side has been told, and since when? The insider list needs dates.
- Is the trading halt request drafted?
`;

/** What the consultant is asked. */
export const questionsForCounsel = `Questions for external counsel

1. May the announcement name the pharmaceutical storage licence before the Department of Health has replied?
2. Is the deferred payment a contingent consideration that the size tests must count in full?
3. Which of the completion conditions may the Purchaser waive?
`;

/** What risk control notes while it reviews. */
export const reviewNote = `Review of Project Harbour: notes of risk control

Sampled: the access record of the project folder since it was opened.
- Every download has a named person and a version.
- The dealing desk sees settlement papers only; its download attempts are refused and on the record.
Follow up: confirm that the consultant's access ends with the engagement.
`;

/** A settlement paper as a web page: what the dealing desk may read and nothing more. */
export const settlementPaper = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Settlement instruction: escrow deposit</title></head><body>
<h1>Settlement instruction: escrow deposit</h1>
<p><strong>For the dealing desk. View only: not to be copied, printed or forwarded.</strong></p>
<h2>Instruction</h2>
<p>On signing of the sale and purchase agreement the Purchaser pays the deposit into escrow. Release funds only after
both authorised signatories have confirmed by telephone.</p>
<table><thead><tr><th>Item</th><th>Detail</th></tr></thead><tbody>
<tr><td>Payer</td><td>Lantern Quay Ventures Limited</td></tr>
<tr><td>Payee</td><td>Escrow account of the Seller's solicitors</td></tr>
<tr><td>Amount</td><td>HK$48,600,000.00</td></tr>
<tr><td>Value date</td><td>The day of signing, before 16:00 Hong Kong time</td></tr>
<tr><td>Settlement</td><td>CHATS, same day</td></tr>
<tr><td>Reference</td><td>HARBOUR / DEPOSIT / 01</td></tr>
</tbody></table>
<h2>Checks before release</h2>
<ol>
<li><p>The signed agreement is with the operations team.</p></li>
<li><p>The account number was confirmed by a call to a number already on file.</p></li>
<li><p>The payment is within the day's limit, or the limit was raised in writing.</p></li>
</ol>
<h2>After settlement</h2>
<p>Record the confirmation number here, and tell the project's manager. The restricted list stays in force until the
announcement is published.</p>
</body></html>
`;
