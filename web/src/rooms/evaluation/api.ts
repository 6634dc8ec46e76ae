/** What the page of evaluation asks: a month's figures, their course, their definitions. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Evaluation = Schemas['EvaluationOut']
export type Evaluated = Schemas['EvaluatedOut']
export type RatioFigure = Schemas['RatioFigureOut']
export type RatioDefinition = Schemas['RatioDefinitionOut']
export type IndexDefinition = Schemas['IndexDefinitionOut']
export type Definitions = Schemas['EvaluationDefinitionsOut']
export type TrendPoint = Schemas['TrendPointOut']

export const useEvaluation = (month: () => number, area: () => string | undefined) => useQuery({
  queryKey: ['evaluation', 'month', month, area],
  queryFn: ({ signal }) => get<Evaluation>('/case-evaluation', { month: month(), area: area() }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
})

export const useEvaluationTrend = (ratio: () => string, month: () => number, area: () => string | undefined, unit: () => string) => useQuery({
  queryKey: ['evaluation', 'trend', ratio, month, area, unit],
  queryFn: ({ signal }) => get<TrendPoint[]>('/case-evaluation/trend', { ratio: ratio(), month: month(), area: area(), unit: unit() || undefined }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
})

export function useDefinitions() {
  const { locale } = useI18n()
  return useQuery({
    queryKey: ['evaluation', 'definitions', locale],
    queryFn: ({ signal }) => get<Definitions>('/case-evaluation/definitions', undefined, signal),
    staleTime: Infinity,
  })
}
