/**
 * Shapes of the API as the console uses them. Field names are the wire's; times are UTC ISO strings.
 * Where the generated `schema.d.ts` says more, it wins: `tests/types.test.ts` holds the two together.
 */
export type Level = 'district' | 'town' | 'village' | 'grid'

export interface AreaRef { code: string; name: string }
export interface Area extends AreaRef { level: Level; kind?: string | null; children?: number }
export interface AreaDetail extends AreaHit { breadcrumb: Area[]; below: Area[]; aliases: string[] }
export interface AreaHit extends Area { path: string }

export interface Count { value: number; exact: boolean }
export interface Page<T> { items: T[]; next: string | null; count: Count; understood_as?: string | null }
export interface Items<T> { items: T[] }

export interface SessionOut {
  signed_in: boolean
  account?: { id: string; username: string; name: string; language: string; must_change_password: boolean }
  unit?: { id: string; name: string; area_code: string | null; area_name: string | null } | null
  post?: { id: string; title: string } | null
  areas?: Area[]
  permissions?: string[]
  demo?: boolean
  demo_accounts?: DemoAccount[]
}
export interface DemoAccount { username: string; password: string; name: string; title?: string | null }
export interface SessionItem {
  id: string
  current: boolean
  created_at: string
  last_seen_at: string
  ip: string | null
  user_agent: string | null
}

export interface Figure { code: string; value: number; previous: number | null; href: string | null }
export interface Todo { code: string; count: number; href: string | null }
export interface HomeOut {
  area: AreaRef
  figures: Figure[]
  todo: Todo[]
  imports: BatchBrief[]
  demo: { loading: boolean; done_rows: number; total_rows: number } | null
}

export interface PersonRow {
  id: string
  name: string
  sex: string | null
  age: number | null
  birth: string | null
  id_kind: string | null
  id_number: string | null
  phone: string | null
  population_kind: string | null
  area_code: string
  area_name: string
  home: string | null
  household_id: string | null
  updated_at: string
}
export interface PeopleQuery {
  area?: string
  q?: string
  sex?: string
  age_from?: number
  age_to?: number
  population_kind?: string
  nation?: string
  missing?: string
  cursor?: string
  limit?: number
}
export type Method = 'imported' | 'declared' | 'computed' | 'reviewed'
export interface PersonField {
  name: string
  label: string
  value: string | number | null
  display: string | null
  masked: boolean
  revealable: boolean
  source: { code: string; name: string } | null
  record_id: string | null
  observed_on: string | null
  recorded_at: string | null
  method: Method | null
}
export interface HomeSpell {
  dwelling_id: string | null
  standard: string
  kind: string | null
  since: string | null
  until: string | null
  current: boolean
  source: string | { code: string; name: string } | null
}
export interface Member {
  person_id: string
  name: string
  relation: string | null
  relation_label: string | null
  sex: string | null
  age: number | null
}
export interface SourceRecord {
  record_id: string
  source_code: string
  source_name: string
  batch_id: string | null
  row: number | null
  observed_on: string | null
  recorded_at: string
  current: boolean
}
export interface Person {
  id: string
  alias_of: string | null
  fields: PersonField[]
  area_code: string
  area_path: string
  areas: { code: string; name: string; kind: 'home' | 'register' }[]
  homes: HomeSpell[]
  household: { id: string; no: string | null; members: Member[] } | null
  sources: SourceRecord[]
  may: { edit: boolean; reveal: boolean }
  version: number
}
export interface HistoryItem {
  at: string
  actor_name: string | null
  kind: 'created' | 'changed' | 'merged' | 'edited' | string
  batch_id: string | null
  reason: string | null
  changes: { field: string; label: string; old: string | null; new: string | null }[]
}

export interface HouseholdRow {
  id: string
  no: string | null
  head_name: string | null
  size: number
  area_code: string
  area_name: string
  address: string | null
  updated_at: string
}
export interface Household {
  id: string
  no: string | null
  area_code: string
  area_name: string | null
  area_path?: string | null
  dwelling: { id: string; standard: string } | null
  members: Member[]
  history: HistoryItem[]
}
export interface DwellingRow {
  id: string
  standard: string
  area_code: string
  area_name: string
  compound: string | null
  building: string | null
  unit: string | null
  room: string | null
  residents: number
}
export interface Resident {
  person_id: string
  name: string
  since: string | null
  until: string | null
  current: boolean
  kind: string | null
}
export interface Dwelling {
  id: string
  standard: string
  area_code: string
  area_name: string | null
  area_path?: string | null
  compound: string | null
  building: string | null
  unit: string | null
  room: string | null
  residents: Resident[]
  households: { id: string; no: string | null; head_name: string | null; size: number }[]
}
export interface CodeItem { code: string; label_zh: string; label_en: string }
export interface CodeList { list: string; standard: string | null; certainty: string | null; items: CodeItem[] }

export interface Transfer {
  id: string
  state: 'open' | 'approved' | 'rejected'
  name: string
  from_area: AreaRef | null
  to_area: AreaRef | null
  opened_at: string
  batch_id: string | null
  row: number | null
  decided_at: string | null
  decided_by: string | null
  reason: string | null
}

export interface Source { code: string; name: string; priority: number | null; unit: string | { id: string; name: string } | null }
export interface FieldSpec {
  name: string
  label_zh: string
  label_en: string
  group: string
  required: boolean
  code_list: string | null
}
export type BatchState =
  | 'uploaded' | 'reading' | 'checked' | 'matched' | 'in_review' | 'merged' | 'undone' | 'failed' | 'cancelled'
export interface CodeCount {
  code: string
  severity: 'error' | 'warning'
  count: number
  reason: string
  advice: string | null
}
export interface BatchBrief {
  id: string
  filename: string
  source: string | { code: string; name: string } | null
  area_code: string
  area_name: string | null
  state: BatchState
  progress: { stage: string | null; done: number; total: number; percent: number } | null
  uploaded_by?: string | { id?: string; name: string } | null
  created_at: string
  finished_at: string | null
  counts?: BatchCounts | null
}
export interface BatchCounts { rows: number; errors: number; warnings: number; by_code: CodeCount[] }
export interface MatchCounts { new: number; updated: number; unchanged: number; in_review: number; transfer: number }
export interface Batch extends BatchBrief {
  size: number
  sha256: string
  sheet: string | null
  counts: BatchCounts | null
  match: MatchCounts | null
  merged: Record<string, number | string | boolean> | null
  error: { code: string; message: string } | null
  may: { check: boolean; merge: boolean; cancel: boolean; undo: boolean }
  undo_blocked_by: { person_id: string; name: string; record?: string | null; reason?: string | null }[]
}
export interface PreviewColumn {
  index: number
  header: string
  samples: string[]
  suggestion: { field: string; confidence: number; reason: string } | null
}
export interface Mapping {
  sheet?: string | null
  columns?: { index: number; field: string | null; split?: string | null }[]
  constants?: Record<string, string>
  remember?: boolean
}
export interface Preview {
  sheets: { name: string; rows: number; hidden: boolean }[]
  header_rows: number[]
  columns: PreviewColumn[]
  rows: string[][]
  constants: Record<string, string>
  mapping: Mapping | null
}
export interface Finding {
  row: number
  column: string | null
  field: string | null
  code: string
  severity: 'error' | 'warning'
  value: string | null
  reason: string
  advice: string | null
}
export interface ReviewCandidate {
  person_id: string | null
  name: string
  birth: string | null
  id_number: string | null
  area_name: string | null
  why: string
}
export interface Review {
  row: number
  name: string
  birth?: string | null
  id_number?: string | null
  phone?: string | null
  home?: string | null
  decision?: string | null
  candidates: ReviewCandidate[]
}

export interface AccountRow {
  id: string
  username: string
  name: string
  unit: { id: string; name: string } | null
  posts: { id: string; title: string; since: string | null; until: string | null }[]
  active: boolean
  locked_until: string | null
  last_seen_at: string | null
}
export interface Unit {
  id: string
  parent_id: string | null
  name: string
  kind: 'district' | 'department' | 'town' | 'village' | string
  area_code: string | null
  accounts: number
}
export interface Grant {
  id: string
  role: { id: string; code: string; name: string; name_en: string }
  areas: AreaRef[]
  area_code: string | null
  group_id: string | null
  unit_id: string | null
  since: string
  until: string | null
}
export interface Holder { id: string; account: { id: string; name: string; unit_name: string }; since: string; until: string | null }
export interface Post {
  id: string
  unit: { id: string; name: string }
  title: string
  area_code: string
  holders: Holder[]
  grants: Grant[]
}
export interface Role { id: string; name: string; name_en: string | null; permissions: string[]; builtin: boolean }
export interface Permission { code: string; label_zh: string; label_en: string; room: string }
export interface ReadLogItem {
  id: string
  at: string
  actor_name: string | null
  unit_name: string | null
  kind: string
  subject: string | null
  area_code: string | null
  count: number | null
  purpose: string | null
  ip: string | null
}
export interface ChangeLogItem {
  id: string
  at: string
  actor_name: string | null
  room: string
  action: string
  subject: string | null
  detail: Record<string, unknown>
}
