import type { Messages, Translation } from '../messages';

export const history: Translation<Messages['history']> = {
  view: '视图',
  dockerfile: 'Dockerfile',
  table: '表格',
  configOnlySteps: '仅配置的步骤',
  notRecorded: '镜像中不记录构建阶段、ARG 值和构建上下文',
  copy: '复制',
  copied: '已复制',
  download: 'Dockerfile',
  downloadLabel: '下载 Dockerfile',
  line: '行',
  instruction: '指令',
  layer: '层',
  diffId: 'Diff ID',
  size: '大小',
  created: '创建时间',
  createdBy: '创建命令',
  comment: '备注',
  configOnly: '仅配置',
  noLayer: '无层',
  reconstructed: (count) => `# 由 ${count} 条历史记录还原`,
  totals: (entries, layers, configOnly) =>
    `${entries} 条记录：${layers} 层，${configOnly} 条仅配置`,
  totalUnpacked: '解压后总计',
  none: '该镜像没有历史记录。',
  notJoined: (steps, layers) =>
    `历史中有 ${steps} 个步骤应产生层，但镜像有 ${layers} 层：无法确定各步骤与层的对应关系。`,
  layersUnjoined: '层',
};
