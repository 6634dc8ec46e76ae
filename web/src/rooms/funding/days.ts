/** Today in China, as the API takes it. */
export const today = (): string => new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
/** The first day of the month after this one: from when what is agreed now holds. */
export const nextMonth = (): string => { const [year = 0, month = 0] = today().split('-').map(Number); return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01` }
