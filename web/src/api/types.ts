/** The API's shapes under the names the console uses; all come from the generated `schema.d.ts`. */
import type { components } from './schema'

type Schemas = components['schemas']

export interface Count { value: number; exact: boolean }
export interface Page<T> { items: T[]; next?: string | null; count?: Count | null; understood_as?: string | null }
export interface Items<T> { items: T[] }

export type Level = 'district' | 'town' | 'village' | 'grid'
/** An area by the name people use; `children` is how many lie directly below, where that is known. */
export interface Area { code: string; name: string; level: Level; kind?: string; children?: number }
export interface AreaHit extends Area { path: string }
export interface AreaDetail extends AreaHit { breadcrumb: Area[]; below: Area[]; aliases: string[] }
export type AreaOut = Schemas['AreaOut']
export type AreaDetailOut = Schemas['AreaDetailOut']

export type Session = Schemas['SessionOut']
export type OwnFactor = Schemas['FactorOut']
export type Enrolment = Schemas['EnrolmentOut']
export type Identities = Schemas['IdentitiesOut']
export type SessionItem = Schemas['SessionItemOut']
export type Figures = Schemas['FiguresOut']
export type Figure = Schemas['FigureOut']
export type MeasureOut = Schemas['MeasureOut']
export type Indicators = Schemas['IndicatorsOut']
export type Quality = Schemas['QualityOut']
export type QualityDay = Schemas['QualityDayOut']
export type QualityTrend = Schemas['TrendOut']
export type QualityFigure = Schemas['QualityFigureOut']
export type SourcesQuality = Schemas['SourcesQualityOut']

export type LedgerTemplate = Schemas['LedgerTemplateOut']
export type LedgerCount = Schemas['LedgerCountOut']

export type PersonRow = Schemas['PersonBrief']
export type PeopleQuery = Partial<Schemas['PeopleQuery']>
export type Person = Schemas['PersonOut']
export type Fact = Schemas['FactOut']
export type HomeSpell = Schemas['HomeOut']
export type Member = Schemas['MemberOut']
export type SourceRecord = Schemas['RecordOut']
export type AreaTie = Schemas['AreaTieOut']
export type HistoryItem = Schemas['EventOut']
export type Found = Schemas['FoundOut']
export type FoundGroup = Schemas['FindGroupOut']
export type FoundHit = Schemas['HitOut']
export type SavedFilter = Schemas['SavedFilterOut']
export type Todo = Schemas['TodoOut']
export type SideBySide = Schemas['SideBySideOut']
export type Regroupings = Schemas['RegroupingsOut']
export type RegroupingItem = Schemas['RegroupingOut']
export type Regrouped = Schemas['RegroupedOut']
export type SourceRules = Schemas['RulesOut']
export type RuleIn = Schemas['RuleIn']
export type RulesPreview = Schemas['RulesPreviewOut']
export type RuleChange = Schemas['RuleChangeOut']
export type Conflict = Schemas['ConflictOut']
export type Stated = Schemas['StatedOut']
export type NewPerson = Schemas['AddIn']
export type AddOutcome = Schemas['AddOut']
export type PersonEdit = Schemas['EditIn']
export type HouseholdRow = Schemas['HouseholdOut']
export type Household = Schemas['HouseholdPageOut']
export type DwellingRow = Schemas['DwellingOut']
export type Dwelling = Schemas['DwellingPageOut']
export type CodeItem = Schemas['CodeOut']
export type CodeList = Schemas['CodeListOut']
export type Transfer = Schemas['TransferOut']
export type ThingRow = Schemas['ThingBrief']
export type Thing = Schemas['ThingOut']
export type Relation = Schemas['RelationOut']
export type Ties = Schemas['TiesOut']
export type TagRow = Schemas['TagOut']
export type TagKind = Schemas['TagKindOut']

export type Source = Schemas['SourceOut']
export type Target = Schemas['TargetOut']
export type BatchRow = Schemas['BatchOut']
export type Batch = Schemas['BatchDetailOut']
export type CodeCount = Schemas['CodeCountOut']
export type Comparison = Schemas['ComparisonOut']
export type ComparedBatch = Schemas['BatchNameOut']
export type DiffRow = Schemas['DiffRowOut']
export type Schema = Schemas
export type NamedMapping = Schemas['NamedMappingOut']
export type NamedMappingDetail = Schemas['NamedMappingDetailOut']
export type Offer = Schemas['OfferOut']
export type PlacesImport = Schemas['PlacesImportOut']
export type Pickup = Schemas['PickupOut']
export type Preview = Schemas['PreviewOut']
export type PreviewColumn = Schemas['ColumnOut']
export type MappingIn = Schemas['BatchMappingIn']
export type Finding = Schemas['FindingOut']
export type Review = Schemas['ReviewOut']
export type Candidate = Schemas['CandidateOut']
export type ReviewDecision = { choice: 'person' | 'new' | 'skip'; person_id?: string; number_wrong?: boolean }
export const BATCH_STATES = [
  'uploaded', 'reading', 'mapping', 'checking', 'checked', 'matched', 'merging', 'in_review', 'merged', 'undoing', 'undone', 'failed', 'cancelled',
] as const
export type BatchState = (typeof BATCH_STATES)[number]

export type OperationIn = Partial<Schemas['OperationIn']> & Pick<Schemas['OperationIn'], 'op'>
export type GridRow = Schemas['GridOut']
export type GridStaff = Schemas['GridStaffOut']
export type GridChange = Schemas['GridChangeOut']
export type GridPreview = Schemas['GridPreviewOut']
export type NamedGroup = Schemas['NamedGroupOut']
export type BoundariesPreview = Schemas['BoundariesPreviewOut']

export type AccountRow = Schemas['AccountOut']
export type SightRow = Schemas['SightOut']
export type ReviewMark = Schemas['AccessReviewOut']
export type MadeAccount = Schemas['MadeAccount']
export type Unit = Schemas['UnitOut']
export type Post = Schemas['PostOut']
export type Role = Schemas['RoleOut']
export type Permission = Schemas['PermissionOut']
export type ReadLogItem = Schemas['ReadOut']
export type ChangeLogItem = Schemas['ChangeOut']

export type CompoundRow = Schemas['CompoundOut']
export type Compound = Schemas['CompoundPageOut']
export type BuildingRow = Schemas['BuildingOut']
export type Building = Schemas['BuildingPageOut']
export type HomeCell = Schemas['HomeCellOut']
export type HomeState = HomeCell['state']
export type Leader = Schemas['LeaderOut']
export type CodeSheet = Schemas['CodeSheetOut']
export type PlaceEvent = Schemas['PlaceEventOut']
export type Made = Schemas['MadeOut']
export type AliasRow = Schemas['AliasOut']
export type UnresolvedRow = Schemas['UnresolvedOut']
export type Resolving = Schemas['ResolvingOut']
export type Resolution = Schemas['ResolutionOut']

export type BulkEdit = Schemas['BulkEditOut']
export type BulkRow = Schemas['BulkRowOut']
export type BulkOutcome = BulkRow['outcome']
export type Recode = Schemas['RecodeOut']
export type RecodePreview = Schemas['RecodePreviewOut']

export type Installation = Schemas['InstallationOut']
export type RetentionKind = Schemas['RetentionKindOut']
export type RetentionDue = Schemas['RetentionDueOut']
export type Certificate = Schemas['DeletionCertificateOut']
export type PersonForm = Schemas['PersonFormOut']
export type HouseholdForm = Schemas['HouseholdFormOut']
export type FormMember = Schemas['FormMemberOut']
